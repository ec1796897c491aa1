import ChatifyCore
import ChatifyTestKit
import TestSupport

/// A history whose faults the test decides, on top of one in memory.
final class FaultyHistory: ChatHistoryRepository {
    struct Faults: Sendable {
        /// Every append fails with ``ChatError/Code/unavailable``.
        var isDown = false
        /// The events that can never be stored.
        var refused: Set<Int> = []
        /// How often an event fails before it is stored.
        var failures: [Int: Int] = [:]
        /// The events that are stored although the caller is told that the outcome is unknown, once each.
        var lostAnswers: Set<Int> = []
        /// The events whose append is cut short though nobody cancelled the caller, once each.
        var cutShort: Set<Int> = []
        /// The events whose append never answers before its task is cancelled.
        var stuck: Set<Int> = []
    }

    let base = InMemoryHistoryRepository()
    /// The events that were stored, repeated ones only once.
    let stored = Recorder<HistoryMessage>()
    /// The events of all calls.
    let calls = Recorder<Int>()
    let faults = Locked(Faults())
    private let clock: ManualClock

    init(clock: ManualClock) { self.clock = clock }

    var guarantees: HistoryGuarantees { self.base.guarantees }

    func append(_ event: ChatEvent, at position: LogPosition?) async throws(ChatError) -> AppendOutcome {
        self.calls.record(event.number)
        if self.faults.withLock({ $0.stuck.contains(event.number) }) { try await self.hang() }
        try self.fail(event.number)
        let outcome = try await self.base.append(event, at: position)
        if outcome == .stored { self.stored.record(HistoryMessage(event: event, position: position)) }
        if self.faults.withLock({ $0.lostAnswers.remove(event.number) }) != nil {
            throw ChatError(.unavailable, "The answer was lost.")
        }
        return outcome
    }

    func messages(_ query: HistoryQuery) async throws(ChatError) -> HistoryPage {
        try await self.base.messages(query)
    }

    private func hang() async throws(ChatError) {
        do {
            try await self.clock.chatClock.sleep(.seconds(1_000_000))
        } catch {
            throw ChatError(.cancelled, "Storing was cancelled.")
        }
    }

    private func fail(_ number: Int) throws(ChatError) {
        try self.faults.withLock { faults throws(ChatError) in
            guard !faults.isDown else { throw ChatError(.unavailable, "The store is down.") }
            guard !faults.refused.contains(number) else { throw ChatError(.validation, "The store refuses this.") }
            guard faults.cutShort.remove(number) == nil else { throw ChatError(.cancelled, "The store was closed.") }
            guard let failures = faults.failures[number], failures > 0 else { return }
            faults.failures[number] = failures - 1
            throw ChatError(.unavailable, "The store did not answer.")
        }
    }
}
