/// What a ``RedisClient`` has counted since it was made.
public struct RedisStatistics: Sendable, Hashable {
    /// Connections that answered the login.
    public var connections = 0
    /// Connections that failed or ended, attempts included.
    public var losses = 0
    /// Calls refused because too many were in flight.
    public var overloads = 0
    /// Keys of another type than ours, and answers of another form.
    public var unexpectedReplies = 0

    /// Nothing counted yet.
    public init() {}
}
