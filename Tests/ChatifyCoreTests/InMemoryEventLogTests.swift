import ChatifyCore
import Testing

@Suite(.timeLimit(.minutes(5))) struct InMemoryEventLogTests {
    @Test func offsetsGrowByOnePerPartition() async throws {
        let log = InMemoryEventLog(partitions: 3)
        for offset in 0..<10 as Range<Int64> {
            let position = try await log.produce(.sample(Int(offset)))
            #expect(position == LogPosition(partition: 0, offset: offset))
        }
        #expect(try await log.produce(.sample(10, scope: "random")) == LogPosition(partition: 2, offset: 0))
    }

    @Test func readsInOrderWithHeaders() async throws {
        let log = InMemoryEventLog()
        let consumer = log.makeConsumer(group: "g", startingAt: .beginning, commits: .manual)
        let headers = RecordHeaders(correlationID: .random(), traceparent: "00-1-1-01")
        let position = try await log.produce(.sample(1), headers: headers)
        try await log.produce(.sample(2))
        let records = try await consumer.nextBatch(limit: 10)
        #expect(records.map(\.number) == [1, 2])
        #expect(records[0] == ChatRecord(position: position, payload: .event(.sample(1)), headers: headers))
    }

    @Test func aBatchKeepsItsLimit() async throws {
        let log = InMemoryEventLog(partitions: 1)
        let consumer = log.makeConsumer(group: "g", startingAt: .beginning, commits: .manual)
        for number in 0..<5 { try await log.produce(.sample(number)) }
        #expect(try await consumer.nextBatch(limit: 2).map(\.number) == [0, 1])
        #expect(try await consumer.nextBatch(limit: 2).map(\.number) == [2, 3])
        #expect(try await consumer.nextBatch(limit: 2).map(\.number) == [4])
    }

    @Test func theFirstMemberFixesTheStart() async throws {
        let log = InMemoryEventLog(partitions: 1)
        try await log.produce(.sample(1))
        let late = log.makeConsumer(group: "late", startingAt: .end, commits: .manual)
        await late.close()
        try await log.produce(.sample(2))
        let again = log.makeConsumer(group: "late", startingAt: .end, commits: .manual)
        #expect(try await again.nextBatch(limit: 9).map(\.number) == [2])
        let early = log.makeConsumer(group: "early", startingAt: .beginning, commits: .manual)
        #expect(try await early.nextBatch(limit: 9).map(\.number) == [1, 2])
    }

    @Test func uncommittedRecordsComeAgain() async throws {
        let log = InMemoryEventLog(partitions: 1)
        for number in 0..<4 { try await log.produce(.sample(number)) }
        let first = log.makeConsumer(group: "g", startingAt: .beginning, commits: .manual)
        let records = try await first.nextBatch(limit: 9)
        try await first.commit([records[1].position])
        try await first.commit([records[0].position])
        await first.close()
        #expect(log.committedOffsets(of: "g") == [2])
        let second = log.makeConsumer(group: "g", startingAt: .beginning, commits: .manual)
        #expect(try await second.nextBatch(limit: 9).map(\.number) == [2, 3])
    }

    @Test func automaticCommitsWhatIsAskedBeyond() async throws {
        let log = InMemoryEventLog(partitions: 1)
        for number in 0..<4 { try await log.produce(.sample(number)) }
        let consumer = log.makeConsumer(group: "g", startingAt: .beginning, commits: .automatic)
        _ = try await consumer.nextBatch(limit: 1)
        #expect(log.committedOffsets(of: "g") == [0])
        _ = try await consumer.nextBatch(limit: 2)
        #expect(log.committedOffsets(of: "g") == [1])
        await consumer.close()
        let next = log.makeConsumer(group: "g", startingAt: .end, commits: .automatic)
        #expect(try await next.nextBatch(limit: 9).map(\.number) == [1, 2, 3])
    }

    @Test(arguments: [
        LogPosition(partition: 0, offset: -1), LogPosition(partition: -1, offset: 0),
        LogPosition(partition: 3, offset: 0), LogPosition(partition: .max, offset: .max),
        LogPosition(partition: 0, offset: .min),
    ])
    func nonsenseIsNotCommitted(position: LogPosition) async throws {
        let log = InMemoryEventLog(partitions: 1)
        let consumer = log.makeConsumer(group: "g", startingAt: .beginning, commits: .manual)
        try await consumer.commit([position])
        #expect(log.committedOffsets(of: "g") == [0])
    }

    @Test func aCommitBeyondTheEndIsCutThere() async throws {
        let log = InMemoryEventLog(partitions: 1)
        let consumer = log.makeConsumer(group: "g", startingAt: .beginning, commits: .manual)
        try await log.produce(.sample(1))
        try await consumer.commit([LogPosition(partition: 0, offset: .max)])
        #expect(log.committedOffsets(of: "g") == [1])
    }

    @Test func undecodableRecordsKeepTheirPlace() async throws {
        let log = InMemoryEventLog(partitions: 1)
        try await log.produce(.sample(1))
        let position = try log.appendUndecodable(value: [1, 2], reason: "not JSON", partition: 0)
        try await log.produce(.sample(2))
        let consumer = log.makeConsumer(group: "g", startingAt: .beginning, commits: .manual)
        let records = try await consumer.nextBatch(limit: 9)
        #expect(position == LogPosition(partition: 0, offset: 1))
        #expect(records.map(\.number) == [1, nil, 2])
        #expect(records[1].payload == .undecodable(value: [1, 2], reason: "not JSON"))
    }

    @Test func aBatchIsSharedOutAmongPartitions() async throws {
        let log = InMemoryEventLog(partitions: 3)
        for number in 0..<100 { try await log.produce(.sample(number, scope: "general")) }
        for number in 100..<102 { try await log.produce(.sample(number, scope: "random")) }
        for number in 200..<250 { try await log.produce(.sample(number, scope: "alice-bob")) }
        let consumer = log.makeConsumer(group: "g", startingAt: .beginning, commits: .manual)
        let batch = try await consumer.nextBatch(limit: 30)
        let counts = (0..<3).map { partition in batch.count { $0.position.partition == partition } }
        #expect(counts == [14, 14, 2])
        for partition in 0..<3 as Range<Int32> {
            let offsets = batch.filter { $0.position.partition == partition }.map(\.position.offset)
            #expect(offsets == Array(0..<Int64(offsets.count)))
        }
    }

    @Test func aLimitOfOneServesPartitionsInTurn() async throws {
        let log = InMemoryEventLog(partitions: 3)
        for scope in ["general", "random", "alice-bob"] {
            for number in 0..<3 { try await log.produce(.sample(number, scope: scope)) }
        }
        let consumer = log.makeConsumer(group: "g", startingAt: .beginning, commits: .manual)
        var partitions: [Int32] = []
        for _ in 0..<9 { partitions += try await consumer.nextBatch(limit: 1).map(\.position.partition) }
        #expect(partitions == [0, 1, 2, 0, 1, 2, 0, 1, 2])
    }
}
