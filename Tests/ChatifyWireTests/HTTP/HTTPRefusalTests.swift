import ChatifyWire
import Testing

/// What two servers could understand differently is refused (RFC 9112 sections 2 to 7 and 11.2).
@Suite struct HTTPRefusalTests {
    @Test(arguments: [
        ("GET / HTTP/1.1\n", 400), ("\n", 400), ("\r\n\r\n", 400), ("GET /\r\n", 400), ("GET\r\n", 400),
        (" GET / HTTP/1.1\r\n", 400), ("GET  / HTTP/1.1\r\n", 400), ("GET /  HTTP/1.1\r\n", 400),
        ("GET / HTTP/1.1 \r\n", 400), ("GET /a b HTTP/1.1\r\n", 400), ("GET\t/ HTTP/1.1\r\n", 400),
        ("G(T / HTTP/1.1\r\n", 400), ("G\u{e4}T / HTTP/1.1\r\n", 400), ("GET /\u{e4} HTTP/1.1\r\n", 400),
        ("GET /#f HTTP/1.1\r\n", 400), ("GET /\u{0} HTTP/1.1\r\n", 400), ("GET /\r HTTP/1.1\r\n", 400),
        ("GET /\u{7f} HTTP/1.1\r\n", 400), ("GET / http/1.1\r\n", 400), ("GET / HTTP/1\r\n", 400),
        ("GET / HTTP/1.10\r\n", 400), ("GET / HTTP/1.1\r\r\n", 400), ("GET / XTTP/1.1\r\n", 400),
        ("GET / HTTP/1x1\r\n", 400), ("GET / HTTP/2.0\r\n", 505), ("PRI * HTTP/2.0\r\n", 505),
        ("GET / HTTP/1.2\r\n", 505), ("GET / HTTP/0.9\r\n", 505), ("GET / HTTP/9.1\r\n", 505),
    ])
    func refusesRequestLines(line: String, status: Int) {
        #expect(replayHTTP(line + "Host: a\r\n\r\n").error?.status == status)
    }

    @Test(arguments: [
        "*", "a", "a:80", "http://", "http:///x", "http://?x", "ftp://a/", "/%", "/%1", "/%zz", "/%g0", "/a%00", "/%ff",
        "/%c0%80", "/%ed%a0%80", "/a%e4/b",
    ])
    func refusesTargets(target: String) {
        #expect(replayHTTP("GET \(target) HTTP/1.1\r\nHost: a\r\n\r\n").error?.status == 400)
    }

    @Test(arguments: [
        ("X : a", 400), ("X\t: a", 400), (" X: a", 400), ("\tX: a", 400), (": a", 400), ("X", 400), ("", 400),
        ("X(: a", 400), ("X\u{e4}: a", 400), ("X\u{0}: a", 400), ("X: a\u{0}b", 400), ("X: a\rb", 400), ("X: a\r", 400),
        ("X: a\u{1}b", 400), ("X: a\u{7f}b", 400), ("X: a\u{b}", 400), ("X: a\nY: b", 400), ("X: a\r\n folded", 400),
        ("X: a\r\n\tfolded", 400), ("Host: b", 400), ("hOST: a", 400),
        ("Content-Length: +1", 400), ("Content-Length: -1", 400), ("Content-Length: 1 1", 400),
        ("Content-Length: 1,1", 400), ("Content-Length: 1, 2", 400), ("Content-Length: 0x1", 400),
        ("Content-Length: ", 400), ("Content-Length: 1.0", 400), ("Content-Length: 1;", 400),
        ("Content-Length: 9223372036854775808", 400), ("Content-Length: 99999999999999999999999", 400),
        ("Content-Length: 18446744073709551617", 400),
        ("Content-Length: \u{661}", 400), ("Content-Length: 1\r\nContent-Length: 2", 400),
        ("Content-Length: 1\r\ncontent-length: 1", 400),
        ("Content-Length: 1\r\nTransfer-Encoding: chunked", 400),
        ("Transfer-Encoding: chunked\r\nContent-Length: 1", 400),
        ("Transfer-Encoding: identity\r\nContent-Length: 1", 400),
        ("Transfer-Encoding: gzip", 501), ("Transfer-Encoding: gzip, chunked", 501), ("Transfer-Encoding:", 501),
        ("Transfer-Encoding: chunked, chunked", 501), ("Transfer-Encoding: xchunked", 501),
        ("Transfer-Encoding: chunked;q=1", 501), ("Transfer-Encoding: identity", 501),
        ("Transfer-Encoding: \u{b}chunked", 400), ("Transfer-Encoding : chunked", 400),
        ("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", 400),
        ("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity", 501),
    ])
    func refusesFields(field: String, status: Int) {
        let outcome = replayHTTP("POST / HTTP/1.1\r\nHost: a\r\n\(field)\r\nEnd: 1\r\n\r\n1234")
        // An empty field is the end of the head: what follows is then no request line.
        #expect(outcome.error?.status == status)
        #expect(outcome.requests.count == (field.isEmpty ? 1 : 0))
    }

    @Test(arguments: [
        ("GET / HTTP/1.1\r\n\r\n", 400), ("GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", 400),
        ("GET / HTTP/1.0\r\nHost: a\r\nHost: a\r\n\r\n", 400), ("GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: a b\r\n\r\n", 400), ("GET / HTTP/1.1\r\nHost: u@a\r\n\r\n", 400),
        ("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: a\n\r\n", 400), ("GET / HTTP/1.1\r\nHost: a\r\n\n", 400),
    ])
    func refusesHeads(text: String, status: Int) {
        let outcome = replayHTTP(text)
        #expect(outcome.error?.status == status && outcome.requests.isEmpty)
    }

    @Test(arguments: [
        "\r\n", "x\r\n", "-1\r\n", "+1\r\n", "0x1\r\n", " 1\r\n", "1 \r\n", "1 ;a\r\n", "1\n", "1\r\r\n",
        "1;a\u{0}\r\n",
        "1;a\rb\r\n", "g\r\n", "00000000000000001\r\n", "8000000000000000\r\n", "ffffffffffffffffff\r\n",
        "1\r\nabc", "1\r\na\n0\r\n", "1\r\na\r0", "1\r\na\r\r\n", "2\r\na\r\n0\r\n\r\n",
        "0\r\nBad Name: 1\r\n\r\n", "0\r\n folded\r\n\r\n", "0\r\nX: \u{1}\r\n\r\n", "0\r\nX: 1\n\r\n", "0\r\n\n",
    ])
    func refusesChunks(chunks: String) {
        let outcome = replayHTTP("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks)
        #expect(outcome.error?.status == 400)
        #expect(outcome.requests.map(\.ended) == [false])
    }
}
