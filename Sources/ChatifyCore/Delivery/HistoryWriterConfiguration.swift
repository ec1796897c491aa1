/// The settings of a ``HistoryWriter`` (contracts §8, `Chatify:ChatHistoryWriter`).
public struct HistoryWriterConfiguration: Sendable, Hashable {
    /// The most records read at once, at least 1; 256 by default.
    public var batchLimit = 256
    /// The most records being stored at one time, at least 1; 64 by default.
    public var maximumConcurrentStores = 64
    /// How one record's store call is repeated before the writer pauses.
    public var retry = RetryPolicy()
    /// The pauses while the log, the store or the dead-letter sink is out of reach.
    public var backoff = BackoffPolicy()
    /// The most bytes of a dead letter that a line of log shows; 256 by default.
    public var maximumPreviewLength = 256

    /// The defaults of contracts §8.
    public init() {}
}
