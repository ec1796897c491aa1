import ChatifyCore
import ChatifyTestKit

/// A log in memory, some of whose functions do something else.
struct BrokenLog: ChatEventProducer {
    typealias MakeConsumer = @Sendable (String, LogStart, CommitMode) async throws -> BrokenConsumer

    var guarantees = LogGuarantees(isDurable: true, isShared: true)
    var onProduce: @Sendable (ChatEvent, RecordHeaders) async throws(ChatError) -> LogPosition
    var makeConsumer: MakeConsumer
    var replay: BrokenReplay

    init(_ base: InMemoryEventLog = InMemoryEventLog()) {
        self.onProduce = { (event, headers) async throws(ChatError) in try await base.produce(event, headers: headers) }
        self.replay = BrokenReplay(base)
        self.makeConsumer = { BrokenConsumer(base.makeConsumer(group: $0, startingAt: $1, commits: $2)) }
    }

    func produce(_ event: ChatEvent, headers: RecordHeaders) async throws(ChatError) -> LogPosition {
        try await self.onProduce(event, headers)
    }

    var view: EventLogView {
        EventLogView(producer: self, replaySource: self.replay) { [makeConsumer] in try await makeConsumer($0, $1, $2) }
    }
}

/// A consumer some of whose functions do something else.
struct BrokenConsumer: ChatEventConsumer {
    let base: any ChatEventConsumer
    var onNext: @Sendable (Int) async throws(ChatError) -> [ChatRecord]
    var onCommit: @Sendable ([LogPosition]) async throws(ChatError) -> Void
    var onClose: @Sendable () async -> Void

    init(_ base: any ChatEventConsumer) {
        self.base = base
        self.onNext = { (limit) async throws(ChatError) in try await base.nextBatch(limit: limit) }
        self.onCommit = { (positions) async throws(ChatError) in try await base.commit(positions) }
        self.onClose = { await base.close() }
    }

    func nextBatch(limit: Int) async throws(ChatError) -> [ChatRecord] { try await self.onNext(limit) }
    func commit(_ positions: [LogPosition]) async throws(ChatError) { try await self.onCommit(positions) }
    func close() async { await self.onClose() }

    /// Reads in a task of its own, so that a cancellation does not get through.
    @Sendable func nextInSpiteOfAll(_ limit: Int) async throws(ChatError) -> [ChatRecord] {
        let base = self.base
        let task = Task { try await base.nextBatch(limit: limit) }
        do {
            return try await task.value
        } catch {
            throw error as? ChatError ?? ChatError(.unavailable, "\(error)")
        }
    }
}

extension Sabotage where Subject == EventLogSubject {
    /// For those who are caught when patience ends: long enough for a busy machine to do all steps before.
    static var impatient: Duration { .seconds(15) }

    /// A subject whose producer was tampered with.
    static func producing(
        _ check: EventLogCheck,
        caughtWith words: String,
        patience: Duration = .seconds(60),
        _ tamper: @escaping @Sendable (inout BrokenLog, InMemoryEventLog) -> Void
    ) -> Sabotage {
        Sabotage(check, caughtWith: words) {
            let base = InMemoryEventLog()
            var log = BrokenLog(base)
            tamper(&log, base)
            return EventLogSubject(log.view, partitions: 3, patience: patience)
        }
    }

    /// A subject whose consumers were tampered with.
    static func consuming(
        _ check: EventLogCheck,
        caughtWith words: String,
        patience: Duration = .seconds(60),
        _ tamper: @escaping @Sendable (inout BrokenConsumer) -> Void
    ) -> Sabotage {
        Self.producing(check, caughtWith: words, patience: patience) { log, base in
            log.makeConsumer = {
                var consumer = BrokenConsumer(base.makeConsumer(group: $0, startingAt: $1, commits: $2))
                tamper(&consumer)
                return consumer
            }
        }
    }

    /// A subject whose groups were tampered with.
    static func grouping(
        _ check: EventLogCheck,
        caughtWith words: String,
        patience: Duration = .seconds(60),
        _ tamper: @escaping @Sendable (InMemoryEventLog) -> BrokenLog.MakeConsumer
    ) -> Sabotage {
        Self.producing(check, caughtWith: words, patience: patience) { log, base in log.makeConsumer = tamper(base) }
    }

    static let all: [Sabotage] = Self.producing + Self.reading + Self.committing + Self.sharing + Self.finding
}
