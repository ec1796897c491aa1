public import ChatifyCore

/// How a ``RedisClient`` treats its connection.
public struct RedisConfiguration: Sendable, Hashable {
    /// The time for name lookup, connecting, login and a first answer together; 2 s by default.
    public var connectTimeout: Duration = .seconds(2)
    /// The time for an answer, from hand-over to reply; 1 s by default.
    ///
    /// A server that does not answer in time is taken for gone: the connection is dropped, and with it every command under way.
    public var commandTimeout: Duration = .seconds(1)
    /// How often a subscriber asks for a sign of life, which must come within ``commandTimeout``; 5 s by default.
    public var keepAlive: Duration = .seconds(5)
    /// The most commands that may be waiting for their answers; 16384 by default.
    ///
    /// More are refused at once.
    public var maximumCommandsInFlight = 16384
    /// How long it rests before it connects again; at most 50 ms at first and 5 s at last by default.
    ///
    /// The longest rest doubles with each failure, and the rest is drawn evenly from zero to it (full jitter). The number of attempts is not
    /// looked at: it is tried for ever.
    public var reconnect: RetryPolicy = {
        var policy = RetryPolicy()
        policy.maximumAttempts = .max
        policy.baseDelay = .milliseconds(50)
        policy.maximumDelay = .seconds(5)
        return policy
    }()

    /// The defaults.
    public init() {}
}
