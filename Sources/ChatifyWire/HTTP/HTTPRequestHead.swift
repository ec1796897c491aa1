/// A request line and its fields, checked and decoded.
public struct HTTPRequestHead: Sendable, Equatable {
    /// The method, case-sensitive, for example `GET`.
    public let method: String
    /// The request target as it was sent.
    ///
    /// It may hold an access token in its query: do not log it.
    public let target: String
    /// The path, percent-decoded, without query; dot segments stay, `%2F` has become `/`, and `OPTIONS *` has `*`.
    public let path: String
    /// The query, empty if there was none.
    public let query: HTTPQuery
    /// 0 for HTTP/1.0, 1 for HTTP/1.1.
    public let minorVersion: Int
    /// The fields in order; bytes that are not UTF-8 have become U+FFFD.
    public let headers: HTTPHeaders

    /// Creates a head and decodes the target's path and query.
    /// - Throws: 400 if the target is neither a path, an `http` URL nor the `*` of `OPTIONS`, or has a bad escape.
    public init(
        method: String,
        target: String,
        minorVersion: Int = 1,
        headers: HTTPHeaders = HTTPHeaders()
    ) throws(HTTPParseError) {
        guard let local = Self.local(target, method: method) else { throw .badRequest("unsupported request target") }
        let mark = local.utf8.firstIndex(of: ASCII.questionMark)
        guard let path = PercentDecoding.path(local[..<(mark ?? local.endIndex)]) else {
            throw .badRequest("malformed escape in the path")
        }
        self.method = method
        self.target = target
        self.path = path
        self.query = HTTPQuery(mark.map { local[local.utf8.index(after: $0)...] } ?? "")
        self.minorVersion = minorVersion
        self.headers = headers
    }

    /// Whether the client wants to use the connection again (RFC 9112 section 9.3).
    public var keepsAlive: Bool {
        if self.headers.containsToken("close", in: "connection") { return false }
        return self.minorVersion >= 1 || self.headers.containsToken("keep-alive", in: "connection")
    }

    /// Whether the client waits for ``HTTPResponse/continueBytes`` before it sends the body (RFC 9110 section 10.1.1).
    public var expectsContinue: Bool {
        self.minorVersion >= 1 && self.headers.containsToken("100-continue", in: "expect")
    }

    /// The target from the path on (RFC 9112 section 3.2), or nil if it is of a form we have no use for.
    private static func local(_ target: String, method: String) -> Substring? {
        if target.utf8.first == ASCII.slash { return target[...] }
        if target == "*" { return method == "OPTIONS" ? target[...] : nil }
        for scheme in ["http://", "https://"] {
            let start = target.utf8.prefix(scheme.utf8.count)
            guard ASCII.equalsIgnoringCase(start, scheme[...].utf8) else { continue }
            let rest = target[start.endIndex...]
            guard let first = rest.utf8.first, first != ASCII.slash, first != ASCII.questionMark else { return nil }
            guard let end = rest.utf8.firstIndex(where: { $0 == ASCII.slash || $0 == ASCII.questionMark }) else {
                return "/"
            }
            return rest.utf8[end] == ASCII.slash ? rest[end...] : "/" + rest[end...]
        }
        return nil
    }
}
