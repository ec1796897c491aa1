/// A whole response, and how it is written (RFC 9112 section 4).
public struct HTTPResponse: Sendable, Equatable {
    /// The interim answer to a request with `Expect: 100-continue`.
    public static let continueBytes: [UInt8] = Array("HTTP/1.1 100 Continue\r\n\r\n".utf8)

    /// The status code, 100 to 599.
    public var status: Int
    /// The fields; `Connection`, `Content-Length` and `Transfer-Encoding` are this type's own business.
    public var headers: HTTPHeaders
    /// The body; not written for statuses that have none.
    public var body: [UInt8]

    /// Creates a response of a status, fields and a body.
    public init(status: Int, headers: HTTPHeaders = HTTPHeaders(), body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// Writes the response with its length, so that the client can tell where it ends.
    ///
    /// Statuses 1xx and 204 have neither body nor length, 304 no body. A field with an invalid name is dropped, and
    /// control bytes in a value become spaces, so that no value can start a field or a response of its own.
    /// - Parameters:
    ///   - keepAlive: Whether the connection stays open afterwards; said in `Connection`, except with a 1xx status,
    ///     where the caller's own `Connection` field is kept.
    ///   - isHead: Whether the request's method was `HEAD`: the length is that of the body, which is left out.
    public func encode(keepAlive: Bool, isHead: Bool) -> [UInt8] {
        let hasBody = self.status >= 200 && self.status != 204 && self.status != 304
        let writesBody = hasBody && !isHead
        var bytes: [UInt8] = []
        bytes.reserveCapacity(192 + self.headers.count * 48 + (writesBody ? self.body.count : 0))
        self.appendHead(to: &bytes, connection: keepAlive ? "keep-alive" : "close")
        if hasBody {
            bytes.append(contentsOf: "Content-Length: \(self.body.count)\r\n".utf8)
        }
        bytes.append(contentsOf: "\r\n".utf8)
        if writesBody { bytes.append(contentsOf: self.body) }
        return bytes
    }

    /// Writes the head of a response whose body follows in pieces, and whose connection closes after it.
    ///
    /// - Parameter isChunked: Whether the pieces are ``HTTPChunk``s, which clients of HTTP/1.0 do not know; without them
    ///   only the connection's end tells that of the body.
    public func encodeHead(isChunked: Bool) -> [UInt8] {
        var bytes: [UInt8] = []
        self.appendHead(to: &bytes, connection: "close")
        if isChunked { bytes.append(contentsOf: "Transfer-Encoding: chunked\r\n".utf8) }
        bytes.append(contentsOf: "\r\n".utf8)
        return bytes
    }

    private func appendHead(to bytes: inout [UInt8], connection: String) {
        let status = min(max(self.status, 100), 599)
        bytes.append(contentsOf: "HTTP/1.1 \(status) \(HTTPReasonPhrase.of(status))\r\n".utf8)
        let isInterim = status < 200
        for field in self.headers.fields where Self.mayWrite(field.name, isInterim: isInterim) {
            bytes.append(contentsOf: field.name.utf8)
            bytes.append(ASCII.colon)
            bytes.append(ASCII.space)
            Self.append(value: field.value, to: &bytes)
            bytes.append(contentsOf: "\r\n".utf8)
        }
        guard !isInterim else { return }
        // RFC 9110 section 7.8: an Upgrade field (of a 426) is only for the next hop, which Connection has to say.
        let upgrade = self.headers["upgrade"] == nil ? "" : ", Upgrade"
        bytes.append(contentsOf: "Connection: \(connection)\(upgrade)\r\n".utf8)
    }

    private static func append(value: String, to bytes: inout [UInt8]) {
        if value.utf8.allSatisfy(ASCII.isFieldValue) {
            bytes.append(contentsOf: value.utf8)
        } else {
            bytes.append(contentsOf: value.utf8.lazy.map { ASCII.isFieldValue($0) ? $0 : ASCII.space })
        }
    }

    private static func mayWrite(_ name: String, isInterim: Bool) -> Bool {
        switch name.utf8.count {
        case 0: false
        case 10 where ASCII.equalsIgnoringCase(name, "connection"): isInterim
        case 14 where ASCII.equalsIgnoringCase(name, "content-length"): false
        case 17 where ASCII.equalsIgnoringCase(name, "transfer-encoding"): false
        default: name.utf8.allSatisfy(ASCII.isToken)
        }
    }
}
