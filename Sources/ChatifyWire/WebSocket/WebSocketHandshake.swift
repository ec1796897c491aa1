/// The HTTP request that turns a connection into a WebSocket (RFC 6455 section 4.2).
///
/// Send the accepted fields with status 101, then feed ``HTTPRequestParser/takeRemaining()`` and everything after it to
/// a ``WebSocketServerConnection``. The caller checks `Origin` and the path, and adds what ``PermessageDeflate`` answers if
/// it wants to compress. There are no other extensions and no subprotocols.
public enum WebSocketHandshake {
    /// Whether `head` asks for a WebSocket, correctly or not.
    public static func isUpgrade(_ head: HTTPRequestHead) -> Bool {
        head.headers.containsToken("websocket", in: "upgrade")
            && head.headers.containsToken("upgrade", in: "connection")
    }

    /// The fields of the 101 response to `head`.
    /// - Throws: 426, with the fields that name version 13, unless `head` is a `GET` of HTTP/1.1 that asks for that
    ///   version; 400 unless there is one key of 16 bytes.
    public static func accept(_ head: HTTPRequestHead) throws(HTTPParseError) -> HTTPHeaders {
        guard
            head.method == "GET", head.minorVersion == 1, self.isUpgrade(head),
            head.headers.values(for: "sec-websocket-version") == ["13"]
        else {
            throw HTTPParseError(
                status: 426,
                reason: "a WebSocket needs GET, HTTP/1.1 and version 13",
                headers: HTTPHeaders([("Upgrade", "websocket"), ("Sec-WebSocket-Version", "13")])
            )
        }
        let keys = head.headers.values(for: "sec-websocket-key")
        guard keys.count == 1, Base64.isSixteenBytes(keys[0]) else { throw .badRequest("malformed sec-websocket-key") }
        return HTTPHeaders([
            ("Upgrade", "websocket"), ("Connection", "Upgrade"), ("Sec-WebSocket-Accept", self.acceptValue(keys[0])),
        ])
    }

    /// The digest that proves to the client that its key was understood.
    static func acceptValue(_ key: String) -> String {
        Base64.encode(SHA1.digest(of: Array(key.utf8) + Array("258EAFA5-E914-47DA-95CA-C5AB0DC85B11".utf8)))
    }
}
