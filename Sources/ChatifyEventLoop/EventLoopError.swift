internal import CLibuv

/// What went wrong in the event loop or on one of its sockets.
public struct EventLoopError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The operating system's name for the failure.
    public let code: Code
    /// The failure in words, as libuv puts it (`uv_strerror`).
    public let message: String
    /// What was attempted, and with which address or number.
    public let attempt: String

    /// Describes a failure that did not come from the operating system.
    public init(_ code: Code, _ message: String, during attempt: String) {
        self.code = code
        self.message = message
        self.attempt = attempt
    }

    /// One line for a log.
    public var description: String { "\(self.attempt): \(self.message) (\(self.code))" }
}

extension EventLoopError {
    /// A libuv error name, such as `EADDRINUSE`.
    public struct Code: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
        /// The name, in capitals.
        public let rawValue: String

        /// Takes any name; unknown ones are allowed.
        public init(rawValue: String) { self.rawValue = rawValue }

        /// The name.
        public var description: String { self.rawValue }

        /// Another socket holds the address.
        public static let addressInUse = Code(rawValue: "EADDRINUSE")
        /// The loop is shutting down, or has ended.
        public static let cancelled = Code(rawValue: "ECANCELED")
        /// The deadline passed.
        public static let timedOut = Code(rawValue: "ETIMEDOUT")
        /// The peer cut the connection.
        public static let connectionReset = Code(rawValue: "ECONNRESET")
        /// Nobody listens at the address.
        public static let connectionRefused = Code(rawValue: "ECONNREFUSED")
        /// The peer no longer reads.
        public static let brokenPipe = Code(rawValue: "EPIPE")
        /// This process may open no more files.
        public static let tooManyOpenFiles = Code(rawValue: "EMFILE")
        /// An argument makes no sense, such as a host that is no IP address.
        public static let invalidArgument = Code(rawValue: "EINVAL")
    }

    /// Translates a libuv status below zero.
    init(status: CInt, during attempt: String) {
        self.init(
            Code(rawValue: Self.text { uv_err_name_r(status, $0, $1) }),
            Self.text { uv_strerror_r(status, $0, $1) },
            during: attempt
        )
    }

    static func shuttingDown(during attempt: String) -> EventLoopError {
        EventLoopError(status: UV_ECANCELED.rawValue, during: attempt)
    }

    // The `_r` forms, because the others leak for numbers that libuv does not know.
    private static func text(_ fill: (UnsafeMutablePointer<CChar>, Int) -> UnsafeMutablePointer<CChar>?) -> String {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 128) { buffer in
            guard let start = buffer.baseAddress, let text = fill(start, buffer.count) else { return "" }
            return String(cString: text)
        }
    }
}

/// Throws unless `status` is zero or more.
func check(_ status: CInt, _ attempt: @autoclosure () -> String) throws(EventLoopError) {
    guard status < 0 else { return }
    throw EventLoopError(status: status, during: attempt())
}
