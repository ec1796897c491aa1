/// Why a request is refused before anybody looked at its meaning.
public struct HTTPParseError: Error, Sendable, Equatable {
    /// The status to answer with, 400 to 599.
    public var status: Int
    /// A short sentence for the answer and the log; it never holds bytes of the request.
    public var reason: String
    /// Fields the answer must carry, for example `Upgrade` with status 426.
    public var headers: HTTPHeaders
    /// The request that is refused, if all of its head had come.
    public var head: HTTPRequestHead?

    /// Creates an error of a status, a reason, and fields which the answer must carry.
    public init(status: Int, reason: String, headers: HTTPHeaders = HTTPHeaders()) {
        self.status = status
        self.reason = reason
        self.headers = headers
    }

    /// An error with status 400.
    static func badRequest(_ reason: String) -> HTTPParseError {
        HTTPParseError(status: 400, reason: reason)
    }
}
