/// A request head whose last field has not come yet.
struct HTTPPartialHead: Sendable {
    var line: HTTPRequestLine?
    var headers = HTTPHeaders()
    /// Bytes of the field lines so far, with their line ends.
    var bytes = 0

    /// The complete head.
    /// - Throws: 400 if the target cannot be decoded.
    func finish() throws(HTTPParseError) -> HTTPRequestHead {
        guard let line = self.line else { throw .badRequest("malformed request line") }
        return try HTTPRequestHead(
            method: line.method,
            target: line.target,
            minorVersion: line.minorVersion,
            headers: self.headers
        )
    }
}
