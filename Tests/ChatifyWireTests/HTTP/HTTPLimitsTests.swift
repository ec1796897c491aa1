import ChatifyWire
import Testing

@Suite struct HTTPLimitsTests {
    private static var limits: HTTPLimits {
        var limits = HTTPLimits()
        limits.maxRequestLineBytes = 20
        limits.maxHeaderBytes = 40
        limits.maxHeaderCount = 3
        limits.maxBodyBytes = 10
        return limits
    }

    private static let chunked = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding:chunked\r\n\r\n"

    @Test(
        arguments: [
            ("GET /2345678 HTTP/1.1\r\nHost: a\r\n\r\n", 414), ("GET /234567 HTTP/1.1\r\nHost: a\r\n\r\n", nil),
            ("GET /234567 HTTP/1.1234\r\n", 414), ("GET /567890123456789012345", 414),
            // 9 + 31 bytes of fields, then one byte more.
            ("GET / HTTP/1.1\r\nHost: a\r\nX: 45678901234567890123456789\r\n\r\n", nil),
            ("GET / HTTP/1.1\r\nHost: a\r\nX: 456789012345678901234567890\r\n\r\n", 431),
            ("GET / HTTP/1.1\r\nHost: a\r\nX: 4567890123456789012345678901234567890", 431),
            ("GET / HTTP/1.1\r\nHost: a\r\nA:\r\nB:\r\n\r\n", nil),
            ("GET / HTTP/1.1\r\nHost: a\r\nA:\r\nB:\r\nC:\r\n\r\n", 431),
            ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n0123456789", nil),
            ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\n\r\n", 413),
            ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999\r\n\r\n", 413),
            (chunked + "5\r\n01234\r\n5\r\n01234\r\n0\r\n\r\n", nil), (chunked + "5\r\n01234\r\n6\r\n", 413),
            (chunked + "7fffffffffffffff\r\n", 413), (chunked + "5\r\n01234\r\n7fffffffffffffff\r\n", 413),
            (chunked + "0\r\nA:\r\nB:\r\nC:\r\n\r\n", nil), (chunked + "0\r\nA:\r\nB:\r\nC:\r\nD:\r\n\r\n", 431),
            (chunked + "0\r\nA: 456789012345678901234567890123456789\r\n\r\n", 431),
            (chunked + "0\r\nA: 456789012345678\r\nB: 456789012345678\r\n\r\n", nil),
            (chunked + "0\r\nA: 456789012345678\r\nB: 4567890123456789\r\n\r\n", 431),
            (chunked + "1;890123456789012345678901\r\na\r\n1;890123456789012345678901\r\n", 400),
        ] as [(String, Int?)]
    )
    func holdsLimits(text: String, status: Int?) {
        let outcome = replayHTTP(text, limits: Self.limits)
        #expect(outcome.error?.status == status)
        #expect(outcome.requests.last?.ended == true || status != nil)
    }

    @Test func boundsChunkLines() {
        let line = "1;" + String(repeating: "x", count: 2000)
        let text = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + line
        #expect(replayHTTP(text).error?.status == 400)
    }

    @Test func keepsNoMoreThanALine() throws {
        var parser = HTTPRequestParser()
        let text =
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1048576\r\n\r\n" + String(repeating: "x", count: 100_000)
        for piece in Chopping.pieces(Array(text.utf8), of: 1000) {
            parser.feed(piece)
            while try parser.next() != nil {}
            #expect(parser.bufferedBytes == 0)
        }
    }

    @Test func hasTheDocumentedDefaults() {
        let limits = HTTPLimits()
        #expect(limits.maxRequestLineBytes == 8192 && limits.maxHeaderBytes == 16384)
        #expect(limits.maxHeaderCount == 100 && limits.maxBodyBytes == 1_048_576)
    }
}
