/// What went wrong in a chat operation.
///
/// The message says what was attempted and what to try; it never holds message text or secrets, so it may be shown
/// to a client. What lies beneath is in ``cause`` and is for logs only.
public struct ChatError: Error, Sendable {
    /// What kind of failure it is; stable, and what other programs decide by.
    public var code: Code
    /// One sentence for people.
    public var message: String
    /// When a retry can succeed, for ``Code/rateLimitExceeded``.
    public var retryAfter: Duration?
    /// The failure beneath, for logs.
    public var cause: (any Error)?

    /// Makes an error of its parts.
    public init(_ code: Code, _ message: String, retryAfter: Duration? = nil, cause: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.retryAfter = retryAfter
        self.cause = cause
    }

    /// Whether the same call may succeed later, without anybody changing anything.
    public var isTransient: Bool {
        self.code == .unavailable || self.code == .eventProductionFailed || self.code == .rateLimitExceeded
    }
}

extension ChatError: CustomStringConvertible {
    /// `CODE: message`, as a hub client sees it.
    public var description: String { "\(self.code): \(self.message)" }
}
