/// Where time comes from, handed in so that tests own it.
public struct ChatClock: Sendable {
    /// The wall clock, for stamping events; may jump.
    public var now: @Sendable () -> Timestamp
    /// Time since some fixed start, for windows, expiry and time-outs; never runs backwards.
    public var uptime: @Sendable () -> Duration
    /// Waits that long; throws only `CancellationError`, at once when the task is cancelled.
    public var sleep: @Sendable (Duration) async throws -> Void

    /// Makes a clock of its three parts.
    public init(
        now: @escaping @Sendable () -> Timestamp,
        uptime: @escaping @Sendable () -> Duration,
        sleep: @escaping @Sendable (Duration) async throws -> Void
    ) {
        self.now = now
        self.uptime = uptime
        self.sleep = sleep
    }
}
