internal import ChatifyCore

/// A pod's way to find past events in the log.
final class SimulatedReplay: ReplaySource, @unchecked Sendable {
    private let log: SimulatedLog
    private let link: Link

    init(log: SimulatedLog, link: Link) {
        self.log = log
        self.link = link
    }

    func events(
        in scopes: [ChatScope],
        partition: Int32,
        offsets: Range<Int64>,
        limit: Int
    ) async throws(ChatError) -> [EnrichedChatEvent]? {
        try await self.link.call { () async throws(ChatError) in
            try await self.log.memory.events(in: scopes, partition: partition, offsets: offsets, limit: limit)
        }
    }
}
