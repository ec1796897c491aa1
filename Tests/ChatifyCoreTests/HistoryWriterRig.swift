import ChatifyCore
import ChatifyTestKit
import TestSupport
import Testing

/// History writers with everything around them under the test's control.
///
/// Each commit is checked as it comes: never past a record that is neither stored nor a dead letter.
final class HistoryWriterRig: Sendable {
    let clock = ManualClock()
    let log: InMemoryEventLog
    let history: FaultyHistory
    let sink = FaultyDeadLetterSink()
    let faults = Locked(FaultyConsumer.Faults())
    let commits = Recorder<LogPosition>()
    let captured = CapturingLog()
    private let configuration: HistoryWriterConfiguration

    init(partitions: Int32 = 1, configuration: HistoryWriterConfiguration = HistoryWriterConfiguration()) {
        self.log = InMemoryEventLog(partitions: partitions)
        self.history = FaultyHistory(clock: self.clock)
        self.configuration = configuration
        // The group begins here, before anything is produced and trimmed.
        _ = self.log.makeConsumer(group: "writer", startingAt: .beginning, commits: .manual)
    }

    /// Makes a writer that is a new member of the group, until nobody holds it.
    func makeWriter() -> HistoryWriter {
        let member = self.log.makeConsumer(group: "writer", startingAt: .beginning, commits: .manual)
        let consumer = FaultyConsumer(member, faults: self.faults, commits: self.commits) { [history, sink] position in
            let stored = history.stored.all.compactMap(\.position) + sink.letters.all.map(\.source)
            let done = Set(stored.filter { $0.partition == position.partition }.map(\.offset))
            #expect((0...position.offset).allSatisfy(done.contains), "Committed \(position) past an unstored record.")
        }
        return HistoryWriter(
            consumer: consumer,
            repository: self.history,
            deadLetters: self.sink,
            configuration: self.configuration,
            clock: self.clock.chatClock,
            logger: self.captured.logger
        )
    }

    /// Runs a new writer, with time running freely, until `isDone` returns; then cancels it.
    func run(until isDone: () async -> Void) async {
        await withTaskGroup(of: Void.self) { tasks in
            let (writer, clock) = (self.makeWriter(), self.clock)
            tasks.addTask { await clock.runFreely() }
            tasks.addTask { await writer.run() }
            await isDone()
            tasks.cancelAll()
        }
    }

    /// Returns once that many records of partition 0 are committed.
    func waitForCommit(of count: Int) async {
        await self.commits.wait { $0.contains { $0.offset == Int64(count) - 1 } }
    }
}
