import ChatifyCore
import TestSupport

/// A consumer of an empty log that tells when it is closed.
struct ClosingConsumer: ChatEventConsumer {
    private let name: String
    private let events: Recorder<String>
    private let base: any ChatEventConsumer

    init(_ name: String, telling events: Recorder<String>) {
        self.name = name
        self.events = events
        self.base = InMemoryEventLog().makeConsumer(group: name, startingAt: .end, commits: .manual)
    }

    func nextBatch(limit: Int) async throws(ChatError) -> [ChatRecord] { try await self.base.nextBatch(limit: limit) }

    func commit(_ positions: [LogPosition]) async throws(ChatError) { try await self.base.commit(positions) }

    func close() async {
        await self.base.close()
        self.events.record("\(self.name) closed")
    }
}
