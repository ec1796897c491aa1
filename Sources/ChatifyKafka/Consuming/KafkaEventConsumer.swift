public import ChatifyCore
internal import Logging

/// A member of a consumer group of a ``KafkaLog``.
///
/// A thread of its own reads ahead into a bounded buffer, serves the group while the reader is slow, and commits. Undecodable records come
/// with the reason; one without a value, or without a key, is a record like any other.
public final class KafkaEventConsumer: ChatEventConsumer {
    private let core: ConsumerCore
    private let thread: OwnedThread

    private init(_ core: ConsumerCore, _ thread: OwnedThread) {
        self.core = core
        self.thread = thread
    }

    deinit { self.core.beginClosing() }

    static func start(
        _ role: ConsumerRole,
        _ configuration: KafkaClientConfiguration,
        _ logger: Logger
    ) async throws(ChatError) -> KafkaEventConsumer {
        let core = ConsumerCore(role, configuration)
        let threads = Locked<OwnedThread?>(nil)
        let result: Result<Void, ChatError> = await withCheckedContinuation { continuation in
            let thread = ConsumerThread(
                core: core,
                role: role,
                configuration: configuration,
                log: KafkaLogLines(logger: logger),
                started: { continuation.resume(returning: $0) }
            )
            threads.withLock { $0 = OwnedThread { thread.run() } }
        }
        guard let thread = threads.withLock({ $0 }) else { preconditionFailure("A consumer started without a thread.") }
        let consumer = KafkaEventConsumer(core, thread)
        if case .failure = result { await consumer.close() }
        try result.get()
        return consumer
    }

    /// Waits until there is at least one record and returns at most `limit` of them.
    public func nextBatch(limit: Int) async throws(ChatError) -> [ChatRecord] {
        precondition(limit > 0, "A batch has room for at least one record.")
        while true {
            // Asked before taking: what was taken has to be returned.
            guard !Task.isCancelled else { throw ChatError(.cancelled, "Reading the log was cancelled.") }
            switch self.core.take(limit: limit) {
            case .records(let records): return records
            case .failure(let error): throw error
            case .closed: throw ChatError(.cancelled, "The consumer has left its group.")
            case .nothing: await self.core.waitForRecords()
            }
        }
    }

    /// Declares the records up to and including these positions as done with.
    ///
    /// Only positions that this consumer gave out since it got their partition count; others are ignored.
    public func commit(_ positions: [LogPosition]) async throws(ChatError) {
        try await self.core.commit(positions)
    }

    /// What the consumer gives next, of the partitions of a consumer that is alone or that something was read of.
    public var nextOffsets: [Int32: Int64] { self.core.state.withLock { $0.nextOffsets } }

    /// Commits what is done with, if the consumer commits by itself, and leaves the group.
    ///
    /// Idempotent.
    public func close() async {
        self.core.beginClosing()
        await self.thread.join()
    }
}

extension KafkaEventConsumer {
    /// The partitions that are this consumer's at the moment.
    public var partitions: [Int32] { self.core.state.withLock { $0.commits.partitions.keys.sorted() } }

    /// By how many records each partition is ahead of what is done with, as of about a second ago; without partitions of which nothing was
    /// read yet.
    public var lag: [Int32: Int64] { self.core.state.withLock { $0.lag } }

    /// The sum of ``lag``; `nil` while nothing was read yet.
    public var backlog: Int64? {
        let lag = self.lag
        return lag.isEmpty ? nil : lag.values.reduce(0, +)
    }

    /// The records that were read ahead of the reader.
    public var bufferedRecords: Int { self.core.state.withLock { $0.buffer.count } }

    /// Whether nothing is fetched because the reader is slow.
    var isPaused: Bool { self.core.state.withLock { $0.isPaused } }

    /// What the client last said of itself.
    public var statistics: KafkaStatistics { self.core.state.withLock { $0.statistics } }
}
