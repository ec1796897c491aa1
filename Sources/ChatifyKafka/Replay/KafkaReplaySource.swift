public import ChatifyCore
internal import Logging

/// Reads parts of a ``KafkaLog`` again, for clients that resume behind what a pod has in memory.
///
/// A thread of its own with one client for all, which joins no group and commits nothing, finds what is asked for, for all who wait for
/// one partition together, and keeps what it has read while more is asked for. The client is made for the first request. Of a topic that is
/// compacted nobody can tell what is missing, so the log must not be one.
public final class KafkaReplaySource: Sendable {
    private let desk: ReplayDesk
    private let thread: OwnedThread
    private let partitions: Int32
    private let limits: KafkaReplayLimits

    init(_ configuration: KafkaClientConfiguration, _ limits: KafkaReplayLimits, _ logger: Logger) {
        let desk = ReplayDesk(limits)
        self.desk = desk
        self.partitions = configuration.partitions
        self.limits = limits
        self.thread = OwnedThread { ReplayThread(desk, configuration, limits, logger).run() }
    }

    deinit { self.desk.beginClosing() }

    /// Answers who still waits with an error and ends the client; takes about four seconds at most.
    ///
    /// Idempotent.
    public func close() async {
        self.desk.beginClosing()
        await self.thread.join()
    }

    /// The requests that are not answered yet.
    var pending: Int { self.desk.pending }
}

extension KafkaReplaySource: ReplaySource {
    /// Returns the events if the brokers still have everything from the first offset on, and it can be read in time.
    ///
    /// `nil` also for more offsets or bytes than ``KafkaReplayLimits`` allow, and when the time is over. A cancelled task waits, too.
    /// - Throws: `ChatError` with code `unavailable` if too many wait already, the source is closed, or its client has failed.
    public func events(
        in scopes: [ChatScope],
        partition: Int32,
        offsets: Range<Int64>,
        limit: Int
    ) async throws(ChatError) -> [EnrichedChatEvent]? {
        guard (0..<self.partitions).contains(partition), offsets.lowerBound >= 0 else { return nil }
        guard !offsets.isEmpty else { return [] }
        guard offsets.count <= self.limits.maximumRecords else { return nil }
        return try await self.desk.ask(
            ReplayRequest(scopes: scopes, partition: partition, offsets: offsets, limit: limit)
        )
    }
}
