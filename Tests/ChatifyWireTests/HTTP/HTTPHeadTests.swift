import ChatifyWire
import Testing

@Suite struct HTTPHeadTests {
    @Test func looksFieldsUpInAnyCase() {
        var headers = HTTPHeaders([("Accept", "a"), ("X", "1"), ("x", "2")])
        #expect(headers["accept"] == "a" && headers["ACCEPT"] == "a" && headers["Accep"] == nil)
        #expect(headers["x"] == "1" && headers.values(for: "X") == ["1", "2"] && headers.values(for: "y") == [])
        headers.set("x", "3")
        #expect(headers == HTTPHeaders([("Accept", "a"), ("x", "3")]))
        headers.set("Y", "4")
        headers.add("y", "5")
        #expect(headers.values(for: "y") == ["4", "5"] && headers.count == 4)
    }

    @Test(arguments: [
        ("Upgrade", true), ("keep-alive, Upgrade", true), ("keep-alive ,\tUPGRADE ,x", true), (",upgrade,", true),
        ("upgraded", false), ("up grade", false), ("", false), (",", false), ("upgrad", false),
    ])
    func findsTokens(value: String, expected: Bool) {
        let headers = HTTPHeaders([("Other", "upgrade"), ("Connection", "x"), ("connection", value)])
        #expect(headers.containsToken("upgrade", in: "CONNECTION") == expected)
    }

    @Test(arguments: [
        ("GET", "/", "/", ""), ("GET", "/a/b?c=d", "/a/b", "d"), ("GET", "/%61%2Fb%20c?c=", "/a/b c", ""),
        ("GET", "/%C3%A4%f0%9f%98%80", "/ä😀", ""), ("GET", "/a?c=%41&c=2", "/a", "A"),
        ("GET", "/a?b?c=1&c=/?", "/a", "/?"),
        ("GET", "http://host/x?c=1", "/x", "1"), ("GET", "HTTPS://host:8/x", "/x", ""), ("GET", "http://host", "/", ""),
        ("GET", "http://host?c=2", "/", "2"), ("OPTIONS", "*", "*", ""), ("GET", "/../+?c=%2B+1", "/../+", "+ 1"),
        ("GET", "/?", "/", ""), ("GET", "//a", "//a", ""),
    ])
    func decodesTargets(method: String, target: String, path: String, value: String) throws {
        let head = try HTTPRequestHead(method: method, target: target)
        #expect(head.path == path && head.target == target && head.query.first("c") ?? "" == value)
    }

    @Test(arguments: [
        ("a=1&b=2", [("a", "1"), ("b", "2")]), ("a", [("a", "")]), ("a=", [("a", "")]), ("=1", [("", "1")]),
        ("&&a=1&", [("a", "1")]), ("a=b=c", [("a", "b=c")]), ("a+b=c+d", [("a b", "c d")]), ("%26=%3D", [("&", "=")]),
        ("a=%zz%4", [("a", "%zz%4")]), ("a=%", [("a", "%")]), ("a=%ff", [("a", "\u{FFFD}")]), ("", []),
    ])
    func decodesQueries(text: String, items: [(String, String)]) {
        #expect(HTTPQuery(text).items == items.map { HTTPQuery.Item(name: $0.0, value: $0.1) })
    }

    @Test(
        arguments: [
            (1, nil, true), (1, "close", false), (1, "Close", false), (1, "keep-alive, close", false),
            (1, "keep-alive", true),
            (0, nil, false), (0, "keep-alive", true), (0, "Keep-Alive", true), (0, "close", false),
            (1, "Upgrade", true),
        ] as [(Int, String?, Bool)]
    )
    func decidesToKeepAlive(minorVersion: Int, connection: String?, expected: Bool) throws {
        let headers = HTTPHeaders(connection.map { [("Connection", $0)] } ?? [])
        let head = try HTTPRequestHead(method: "GET", target: "/", minorVersion: minorVersion, headers: headers)
        #expect(head.keepsAlive == expected)
    }

    @Test(arguments: [
        (1, "100-continue", true), (1, "100-Continue", true), (0, "100-continue", false), (1, "x", false),
    ])
    func seesExpectations(minorVersion: Int, value: String, expected: Bool) throws {
        let headers = HTTPHeaders([("expect", value)])
        let head = try HTTPRequestHead(method: "POST", target: "/", minorVersion: minorVersion, headers: headers)
        #expect(head.expectsContinue == expected)
    }
}
