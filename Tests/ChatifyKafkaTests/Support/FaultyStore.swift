import ChatifyCore
import ChatifyKafka
import TestSupport

/// A history that many writers share and that often does not answer; keeps what it stores, where it stood, and how often.
final class FaultyStore: ChatHistoryRepository {
    private struct State {
        var random: SeededRandom
        var stored: [LogPosition: Int] = [:]
    }

    private let state: Locked<State>
    /// Every so many calls one fails, some of them after storing.
    private let failureRate: Int

    init(seed: UInt64, failingOneOf failureRate: Int) {
        self.state = Locked(State(random: SeededRandom(seed: seed)))
        self.failureRate = failureRate
    }

    var guarantees: HistoryGuarantees { InMemoryHistoryRepository().guarantees }

    /// The numbers of the events stored, by where they stood.
    var stored: [LogPosition: Int] { self.state.withLock { $0.stored } }

    func append(_ event: ChatEvent, at position: LogPosition?) async throws(ChatError) -> AppendOutcome {
        let (isFailing, isStored) = self.state.withLock { state in
            let isFailing = Int.random(in: 0..<self.failureRate, using: &state.random) == 0
            // The answer is lost as often as the write.
            let isLost = isFailing && Bool.random(using: &state.random)
            guard !isFailing || isLost else { return (true, false) }
            let isNew = position.map { state.stored.updateValue(event.number, forKey: $0) == nil } ?? false
            return (isFailing, isNew)
        }
        guard !isFailing else { throw ChatError(.unavailable, "The store does not answer.") }
        return isStored ? .stored : .alreadyStored
    }

    func messages(_ query: HistoryQuery) async throws(ChatError) -> HistoryPage {
        throw ChatError(.unavailable, "This store is only written.")
    }
}

/// Keeps dead letters by where they stood, and how often each came.
final class CountingSink: DeadLetterSink {
    private let letters = Locked([LogPosition: Int]())

    /// How often each came.
    var counts: [LogPosition: Int] { self.letters.withLock { $0 } }

    func send(_ letter: DeadLetter) async throws(ChatError) {
        self.letters.withLock { $0[letter.source, default: 0] += 1 }
    }
}

/// A consumer whose commits are checked as they come: never past a record that is neither stored nor a dead letter.
final class CheckedConsumer: ChatEventConsumer {
    let base: KafkaEventConsumer
    private let check: @Sendable (LogPosition) -> Void

    init(_ base: KafkaEventConsumer, check: @escaping @Sendable (LogPosition) -> Void) {
        self.base = base
        self.check = check
    }

    func nextBatch(limit: Int) async throws(ChatError) -> [ChatRecord] { try await self.base.nextBatch(limit: limit) }

    func commit(_ positions: [LogPosition]) async throws(ChatError) {
        for position in positions { self.check(position) }
        try await self.base.commit(positions)
    }

    func close() async { await self.base.close() }
}
