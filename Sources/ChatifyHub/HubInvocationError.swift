/// Why a client gave no result.
public struct HubInvocationError: Error, Hashable, Sendable {
    /// What kind of failure it is.
    public struct Code: Hashable, Sendable {
        private let name: String

        /// The client answered with an error, whose text is the message.
        public static let refused = Code(name: "refused")
        /// The client did not answer in time.
        public static let timedOut = Code(name: "timedOut")
        /// The connection is not open, or ended before the answer.
        public static let closed = Code(name: "closed")
        /// Too many invocations of this client wait for their answers.
        public static let tooMany = Code(name: "tooMany")
        /// The task that asked was cancelled.
        public static let cancelled = Code(name: "cancelled")
    }

    /// What kind of failure it is.
    public let code: Code
    /// What happened, for people; the client's own words if it ``Code/refused``.
    public let message: String

    /// Makes an error of its parts.
    init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }
}
