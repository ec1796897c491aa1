/// How connections that poll are treated; the defaults are ASP.NET's (signalr.md §8).
public struct LongPollingLimits: Hashable, Sendable {
    /// How long a poll waits for something to say; 90 s by default, because clients give up after 100 s.
    public var pollTimeout: Duration = .seconds(90)
    /// How long a connection lives without a poll; 15 s by default.
    public var disconnectTimeout: Duration = .seconds(15)
    /// The bytes that may wait for the next poll; 1 MiB by default, then the connection is closed.
    public var maximumBufferedBytes = 1_048_576

    /// ASP.NET's limits.
    public init() {}
}
