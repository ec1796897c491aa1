import ChatifyWire
import TestSupport
import Testing

@Suite struct HTTPRequestParserTests {
    @Test func readsARequestWithoutBody() throws {
        let outcome = replayHTTP("GET /chat?x=1 HTTP/1.1\r\nHost: a\r\nX-Two:  b c\t\r\nEmpty:\r\n\r\n")
        let request = try #require(outcome.requests.first)
        #expect(outcome.requests.count == 1 && outcome.error == nil && !outcome.isMidRequest)
        #expect(request.ended && request.body.isEmpty)
        #expect(request.head.method == "GET")
        #expect(request.head.target == "/chat?x=1")
        #expect(request.head.path == "/chat")
        #expect(request.head.query.first("x") == "1")
        #expect(request.head.minorVersion == 1)
        #expect(request.head.headers == HTTPHeaders([("Host", "a"), ("X-Two", "b c"), ("Empty", "")]))
    }

    @Test(arguments: [
        ("Content-Length: 5\r\n\r\nhello", "hello"),
        ("content-length: 0005\r\n\r\nhello", "hello"),
        ("Content-Length: 0\r\n\r\n", ""),
        ("Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", "hello"),
        ("transfer-encoding: CHUNKED\r\n\r\n2\r\nhe\r\n0000003\r\nllo\r\n0\r\n\r\n", "hello"),
        ("Transfer-Encoding: chunked\r\n\r\n5;a=b;c=\"d e\"\r\nhello\r\n0;last\r\n\r\n", "hello"),
        ("Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nX-Sum: 1\r\nY: 2\r\n\r\n", "hello"),
        ("Transfer-Encoding: chunked\r\n\r\nA\r\n0123456789\r\na\r\n0123456789\r\n0\r\n\r\n", "01234567890123456789"),
        ("Transfer-Encoding: chunked\r\n\r\n4\r\n\r\n\r\n\r\n0\r\n\r\n", "\r\n\r\n"),
        ("Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", ""),
    ])
    func readsBodies(rest: String, body: String) throws {
        let next = "GET /next HTTP/1.1\r\nHost: a\r\n\r\n"
        let outcome = replayHTTP("POST / HTTP/1.1\r\nHost: a\r\n" + rest + next)
        #expect(outcome.error == nil && !outcome.isMidRequest)
        #expect(outcome.requests.map(\.head.path) == ["/", "/next"])
        #expect(outcome.requests.map(\.ended) == [true, true])
        #expect(outcome.requests.first?.body == Array(body.utf8))
    }

    @Test func readsPipelinedRequestsWithABlankLineBetween() {
        let one = "POST /1 HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nab"
        let outcome = replayHTTP(one + "\r\n" + one + "GET /3 HTTP/1.0\r\n\r\n")
        #expect(outcome.requests.map(\.head.path) == ["/1", "/1", "/3"])
        #expect(outcome.requests.allSatisfy { $0.ended } && outcome.error == nil)
    }

    @Test func refusesAfterSoundRequests() {
        let outcome = replayHTTP("GET /1 HTTP/1.1\r\nHost: a\r\n\r\nBAD\r\nGET /2 HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(outcome.requests.map(\.head.path) == ["/1"])
        #expect(outcome.error?.status == 400)
    }

    @Test func staysFailed() {
        var parser = HTTPRequestParser()
        parser.feed(Array("BAD\r\n".utf8))
        #expect(throws: HTTPParseError.self) { try parser.next() }
        parser.feed(Array("GET / HTTP/1.1\r\nHost: a\r\n\r\n".utf8))
        #expect(throws: HTTPParseError(status: 400, reason: "malformed request line")) { try parser.next() }
        #expect(parser.bufferedBytes == 0 && !parser.isMidRequest)
    }

    @Test func leavesBytesOfTheNextProtocol() throws {
        var parser = HTTPRequestParser()
        parser.feed(Array("GET / HTTP/1.1\r\nHost: a\r\n\r\n".utf8) + [0x81, 0x80, 1, 2, 3, 4])
        guard case .head = try parser.next() else {
            Issue.record("no head")
            return
        }
        #expect(try parser.next() == .end)
        #expect(parser.bufferedBytes == 6)
        #expect(parser.takeRemaining() == [0x81, 0x80, 1, 2, 3, 4])
        #expect(parser.bufferedBytes == 0 && parser.takeRemaining().isEmpty)
    }

    @Test(arguments: [
        ("", false), ("\r\n", false), ("G", true), ("GET / HTTP/1.1\r\n", true),
        ("GET / HTTP/1.1\r\nHost: a\r\n", true),
        ("GET / HTTP/1.1\r\nHost: a\r\n\r\n", false), ("GET / HTTP/1.1\r\nHost: a\r\n\r\nG", true),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n", true),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\na", true),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nab", false),
        ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n", true),
    ])
    func tellsIdleFromSlow(text: String, isMidRequest: Bool) {
        let outcome = replayHTTP(text)
        #expect(outcome.isMidRequest == isMidRequest && outcome.error == nil)
    }

    @Test func handsBodiesOnAsTheyCome() throws {
        var parser = HTTPRequestParser()
        parser.feed(Array("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nab".utf8))
        _ = try parser.next()
        #expect(try parser.next() == .body([0x61, 0x62]))
        #expect(try parser.next() == nil)
        parser.feed([0x63, 0x64, 0x65])
        #expect(try parser.next() == .body([0x63, 0x64]))
        #expect(try parser.next() == .end)
        #expect(parser.bufferedBytes == 1)
    }

    @Test func survivesNoise() {
        var generator = SeededRandom(seed: 7)
        let alphabet = Array(
            "GET POST / HTTP/1.1\r\n\r\nHost: a Content-Length: 1 Transfer-Encoding: chunked 0;%\u{0}\u{ff}".utf8
        )
        for _ in 0..<400 {
            let noise = (0..<Int.random(in: 0...120, using: &generator)).map { _ in
                alphabet.randomElement(using: &generator) ?? 0
            }
            let prefix =
                Bool.random(using: &generator) ? "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" : ""
            _ = replayHTTP(Array(prefix.utf8) + noise)
        }
    }
}
