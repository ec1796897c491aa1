/// What went wrong between a call and Redis' answer to it.
public struct RedisError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What kind of failure it is.
    public var code: Code
    /// The failure in words; never a key, a value or a password of ours, though Redis' own words may be in it.
    public var message: String

    /// Makes an error of its parts.
    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// One line for a log.
    public var description: String { "\(self.code): \(self.message)" }
}

extension RedisError {
    /// A kind of failure.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        /// The name.
        public let description: String

        private init(_ name: String) { self.description = name }

        /// There is no connection now; nothing was sent.
        public static let unreachable = Code("unreachable")
        /// The connection ended before the answer; the outcome is unknown.
        public static let connectionLost = Code("connection lost")
        /// No answer came in time; the outcome is unknown.
        public static let timedOut = Code("timed out")
        /// Too many calls wait already; nothing was sent.
        public static let overloaded = Code("overloaded")
        /// The calling task was cancelled; the outcome is unknown.
        public static let cancelled = Code("cancelled")
        /// The client was closed.
        public static let closed = Code("closed")
        /// The server refused the login.
        public static let loginRefused = Code("login refused")
        /// The server cannot do it now: it is out of memory, loads its data, is a replica without its master, and the like.
        public static let unavailable = Code("unavailable")
        /// The key holds another type than ours.
        public static let wrongType = Code("wrong type")
        /// The server answered with any other error.
        public static let refused = Code("refused")
        /// The server's answer has another form than the command's.
        public static let unexpectedReply = Code("unexpected reply")
    }

    /// Translates an error reply, such as `WRONGTYPE Operation against a key …`.
    init(reply text: String) {
        self.init(Self.code(ofReply: text), text)
    }

    // Lua scripts of Redis before 7 put the error's name after `ERR Error running script …`, those from 7 on keep it in front.
    private static func code(ofReply text: String) -> Code {
        switch text.prefix(while: { $0 != " " }) {
        case "WRONGTYPE": .wrongType
        case "NOAUTH", "WRONGPASS": .loginRefused
        case "OOM", "LOADING", "BUSY", "MASTERDOWN", "READONLY", "MISCONF", "TRYAGAIN", "CLUSTERDOWN", "NOREPLICAS",
            "UNKILLABLE":
            .unavailable
        default: text.contains("WRONGTYPE ") ? .wrongType : .refused
        }
    }

    /// Whether the answer says that something else than Chatify wrote the key, or that Redis is another than we know.
    var isUnexpected: Bool { self.code == .wrongType || self.code == .unexpectedReply }
}
