extension ChatError {
    /// The stable code of a failure, as contracts §2 and §3 name it on the wire.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        /// The code as other programs see it, such as `VALIDATION_ERROR`.
        public let rawValue: String

        /// Makes a code of an adapter's own; upper case with underscores.
        public init(_ rawValue: String) { self.rawValue = rawValue }

        /// The code as other programs see it.
        public var description: String { self.rawValue }

        /// The request breaks the domain policy; trying again unchanged is useless.
        public static let validation = Code("VALIDATION_ERROR")
        /// Over the rate limit; ``ChatError/retryAfter`` tells when to try again.
        public static let rateLimitExceeded = Code("RATE_LIMIT_EXCEEDED")
        /// The log did not acknowledge the event, which may or may not be in the log.
        public static let eventProductionFailed = Code("EVENT_PRODUCTION_FAILED")
        /// The pod is misconfigured, or a part it needs to decide is out of reach.
        public static let configuration = Code("CONFIGURATION_ERROR")
        /// Nobody knows who asks.
        public static let unauthenticated = Code("UNAUTHENTICATED")
        /// Who asks may not.
        public static let forbidden = Code("FORBIDDEN")
        /// A store or service is out of reach; the outcome is unknown and the call may be repeated.
        public static let unavailable = Code("UNAVAILABLE")
        /// The calling task was cancelled, or the part was closed; the outcome is unknown.
        public static let cancelled = Code("CANCELLED")
    }
}
