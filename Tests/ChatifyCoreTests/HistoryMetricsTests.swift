import ChatifyCore
import ChatifyTestKit
import Metrics
import MetricsTestKit
import Testing

@Suite("What HistoryWriter counts", .timeLimit(.minutes(5)))
struct HistoryMetricsTests {
    private let metrics = TestMetrics()

    @Test("records stored, retries and dead letters")
    func counts() async throws {
        let rig = HistoryWriterRig()
        rig.history.faults.withLock {
            $0.refused = [1]
            $0.failures = [2: 3]
        }
        for number in 0..<5 { try await rig.log.produce(.sample(number)) }
        try rig.log.appendUndecodable(value: [0xFF], reason: "not JSON", partition: 0)
        await withMetricsFactory(self.metrics) { await rig.run { await rig.waitForCommit(of: 6) } }
        #expect(self.metrics.counterTotal(label: "chatify_history_stored_total") == 4)
        #expect(self.metrics.counterTotal(label: "chatify_history_retries_total") == 3)
        #expect(self.metrics.counterTotal(label: "chatify_dead_letters_total") == 2)
    }

    @Test("how far it is behind, and that it has caught up")
    func lag() async throws {
        let rig = HistoryWriterRig()
        try await rig.log.produce(.sample(0))
        rig.clock.advance(by: .milliseconds(7500))
        await withMetricsFactory(self.metrics) { await rig.run { await rig.waitForCommit(of: 1) } }
        #expect(try self.metrics.expectGauge("chatify_history_lag_seconds").values == [0, 7.5, 0])
    }

    @Test("a member of a group knows what it has yet to do")
    func backlog() async throws {
        let log = InMemoryEventLog(partitions: 1)
        let consumer = log.makeConsumer(group: "g", startingAt: .beginning, commits: .manual)
        #expect(consumer.backlog == 0)
        for number in 0..<5 { try await log.produce(.sample(number)) }
        #expect(consumer.backlog == 5)
        let records = try await consumer.nextBatch(limit: 3)
        #expect(consumer.backlog == 5)
        try await consumer.commit([records[2].position])
        #expect(consumer.backlog == 2)
        await consumer.close()
        #expect(consumer.backlog == 0)
    }
}
