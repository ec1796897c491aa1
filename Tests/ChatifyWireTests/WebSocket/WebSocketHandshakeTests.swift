import Testing

@testable import ChatifyWire

@Suite struct WebSocketHandshakeTests {
    private static let fields = [
        ("Host", "a"), ("Upgrade", "websocket"), ("Connection", "Upgrade"), ("Sec-WebSocket-Version", "13"),
        ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
    ]

    private static func head(
        method: String = "GET",
        minorVersion: Int = 1,
        without: String = "",
        with: [(String, String)] = []
    ) throws -> HTTPRequestHead {
        let headers = HTTPHeaders(Self.fields.filter { $0.0 != without } + with)
        return try HTTPRequestHead(method: method, target: "/hub", minorVersion: minorVersion, headers: headers)
    }

    @Test func acceptsTheExampleOfTheRFC() throws {
        let headers = try WebSocketHandshake.accept(try Self.head())
        #expect(
            headers
                == HTTPHeaders([
                    ("Upgrade", "websocket"), ("Connection", "Upgrade"),
                    ("Sec-WebSocket-Accept", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="),
                ])
        )
    }

    @Test func acceptsBrowserSpellings() throws {
        let browser = [("upgrade", "WebSocket"), ("connection", "keep-alive, upgrade")]
        let headers = HTTPHeaders(Self.fields.filter { $0.0 != "Upgrade" && $0.0 != "Connection" } + browser)
        let head = try HTTPRequestHead(method: "GET", target: "/", headers: headers)
        #expect(WebSocketHandshake.isUpgrade(head))
        #expect(throws: Never.self) { try WebSocketHandshake.accept(head) }
    }

    @Test(
        arguments: [
            ("POST", 1, "", []), ("GET", 0, "", []), ("GET", 1, "Upgrade", []), ("GET", 1, "Connection", []),
            ("GET", 1, "Sec-WebSocket-Version", []),
            ("GET", 1, "Sec-WebSocket-Version", [("Sec-WebSocket-Version", "8")]),
            ("GET", 1, "", [("Sec-WebSocket-Version", "13")]), ("GET", 1, "Upgrade", [("Upgrade", "h2c")]),
        ] as [(String, Int, String, [(String, String)])]
    )
    func asksForTheRightUpgrade(method: String, minor: Int, without: String, with: [(String, String)]) throws {
        let head = try Self.head(method: method, minorVersion: minor, without: without, with: with)
        let error = #expect(throws: HTTPParseError.self) { try WebSocketHandshake.accept(head) }
        #expect(error?.status == 426 && error?.headers["sec-websocket-version"] == "13")
    }

    @Test(arguments: [
        nil, "", "dGhlIHNhbXBsZSBub25jZQ", "dGhlIHNhbXBsZSBub25jZQ=", "dGhlIHNhbXBsZSBub25jZR==",
        "dGhlIHNhbXBsZSBub25j",
        "dGhlIHNhbXBsZSBub25jZTE=", "dGhlIHNhbXBsZSBub25j Q==", "dGhlIHNhbXBsZSBub25jZQ==x", "====================A===",
        "dGhlIHNhbXBsZSBub2-jZQ==",
    ])
    func refusesKeys(key: String?) throws {
        let with = key.map { [("Sec-WebSocket-Key", $0)] } ?? []
        let head = try Self.head(without: "Sec-WebSocket-Key", with: with)
        let error = #expect(throws: HTTPParseError.self) { try WebSocketHandshake.accept(head) }
        #expect(error?.status == 400)
    }

    @Test func refusesTwoKeys() throws {
        let head = try Self.head(with: [("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==")])
        #expect(throws: HTTPParseError.self) { try WebSocketHandshake.accept(head) }
    }

    @Test(arguments: [("Upgrade", false), ("Connection", false), ("Sec-WebSocket-Key", true), ("", true)])
    func recognisesUpgrades(without: String, expected: Bool) throws {
        #expect(WebSocketHandshake.isUpgrade(try Self.head(without: without)) == expected)
    }

    @Test(arguments: [
        ("", "2jmj7l5rSw0yVb/vlWAYkK/YBwk="), ("abc", "qZk+NkcGgWq6PiVxeFDCbJzQ2J0="),
        ("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", "hJg+RBw70m66rkqh+VEp5eVGcPE="),
        (String(repeating: "a", count: 1_000), "KR6abGaZSUm1e6XmUDYemPw2sbo="),
    ])
    func digests(message: String, digest: String) {
        #expect(Base64.encode(SHA1.digest(of: Array(message.utf8))) == digest)
    }

    @Test(arguments: [
        ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
    ])
    func encodesBase64(text: String, expected: String) {
        #expect(Base64.encode(Array(text.utf8)) == expected)
    }
}
