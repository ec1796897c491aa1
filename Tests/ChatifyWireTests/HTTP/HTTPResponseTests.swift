import ChatifyWire
import Testing

@Suite struct HTTPResponseTests {
    private static func text(_ response: HTTPResponse, keepAlive: Bool = true, isHead: Bool = false) -> String {
        String(decoding: response.encode(keepAlive: keepAlive, isHead: isHead), as: UTF8.self)
    }

    private static let headers = HTTPHeaders([("Content-Type", "text/plain")])

    @Test(arguments: [
        (
            200, true, false,
            "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nhi"
        ),
        (
            404, false, false,
            "HTTP/1.1 404 Not Found\r\nContent-Type: text/plain\r\nConnection: close\r\nContent-Length: 2\r\n\r\nhi"
        ),
        (
            200, true, true,
            "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\n"
        ),
        (204, true, false, "HTTP/1.1 204 No Content\r\nContent-Type: text/plain\r\nConnection: keep-alive\r\n\r\n"),
        (304, false, false, "HTTP/1.1 304 Not Modified\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\n"),
        (101, true, false, "HTTP/1.1 101 Switching Protocols\r\nContent-Type: text/plain\r\n\r\n"),
        (
            299, true, true,
            "HTTP/1.1 299 Success\r\nContent-Type: text/plain\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\n"
        ),
    ])
    func writes(status: Int, keepAlive: Bool, isHead: Bool, expected: String) {
        let response = HTTPResponse(status: status, headers: Self.headers, body: Array("hi".utf8))
        #expect(Self.text(response, keepAlive: keepAlive, isHead: isHead) == expected)
    }

    @Test func writesItsOwnFraming() {
        let headers = HTTPHeaders([
            ("content-length", "99"), ("Transfer-Encoding", "chunked"), ("Connection", "Upgrade"), ("X", "1"),
        ])
        let expected = "HTTP/1.1 503 Service Unavailable\r\nX: 1\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
        #expect(Self.text(HTTPResponse(status: 503, headers: headers), keepAlive: false) == expected)
    }

    @Test(arguments: [
        ("X", "a\r\nSet-Cookie: b", "X: a  Set-Cookie: b\r\n"), ("X", "a\nb\u{0}c\u{7f}", "X: a b c \r\n"),
        ("X", "tab\tä", "X: tab\tä\r\n"), ("X\r\nY", "a", ""), ("X Y", "a", ""), ("", "a", ""), ("X:", "a", ""),
    ])
    func letsNoValueBreakOut(name: String, value: String, line: String) {
        let response = HTTPResponse(status: 200, headers: HTTPHeaders([(name, value)]))
        #expect(Self.text(response) == "HTTP/1.1 200 OK\r\n\(line)Connection: keep-alive\r\nContent-Length: 0\r\n\r\n")
    }

    @Test func saysThatUpgradeIsForTheNextHop() throws {
        let head = try HTTPRequestHead(method: "GET", target: "/")
        let error = try #require(throws: HTTPParseError.self) { try WebSocketHandshake.accept(head) }
        let text = Self.text(HTTPResponse(status: error.status, headers: error.headers), keepAlive: false)
        #expect(
            text == "HTTP/1.1 426 Upgrade Required\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                + "Connection: close, Upgrade\r\nContent-Length: 0\r\n\r\n"
        )
    }

    @Test(arguments: [400, 401, 403, 405, 408, 409, 413, 414, 415, 426, 429, 431, 500, 501, 504, 505])
    func namesStatuses(status: Int) throws {
        let line = try #require(Self.text(HTTPResponse(status: status)).split(separator: "\r\n").first)
        #expect(!["HTTP/1.1 \(status) Client Error", "HTTP/1.1 \(status) Server Error"].contains(line))
    }

    @Test(arguments: [(true, "Transfer-Encoding: chunked\r\n"), (false, "")])
    func beginsABodyThatGoesOn(isChunked: Bool, framing: String) {
        let response = HTTPResponse(status: 200, headers: Self.headers, body: Array("left out".utf8))
        #expect(
            String(decoding: response.encodeHead(isChunked: isChunked), as: UTF8.self)
                == "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nConnection: close\r\n\(framing)\r\n"
        )
    }

    @Test func writesChunks() {
        let piece = [UInt8](repeating: 0x78, count: 300)
        #expect(HTTPChunk.encode(Array("hi".utf8)) == Array("2\r\nhi\r\n".utf8))
        #expect(HTTPChunk.encode(piece) == Array("12c\r\n".utf8) + piece + Array("\r\n".utf8))
        #expect(HTTPChunk.last == Array("0\r\n\r\n".utf8))
    }

    @Test func invitesTheBody() {
        #expect(HTTPResponse.continueBytes == Array("HTTP/1.1 100 Continue\r\n\r\n".utf8))
    }
}
