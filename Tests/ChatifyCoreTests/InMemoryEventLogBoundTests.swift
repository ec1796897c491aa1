import ChatifyCore
import Testing

@Suite struct InMemoryEventLogBoundTests {
    @Test func aFullPartitionFailsAtOnceAndLosesNothing() async throws {
        let log = InMemoryEventLog(partitions: 1, capacityPerPartition: 4)
        let consumer = log.makeConsumer(group: "g", startingAt: .beginning, commits: .manual)
        for number in 0..<4 { try await log.produce(.sample(number)) }
        let error = await #expect(throws: ChatError.self) { try await log.produce(.sample(4)) }
        #expect(error?.code == .eventProductionFailed)
        #expect(throws: ChatError.self) { try log.appendUndecodable(value: [], reason: "", partition: 0) }
        let records = try await consumer.nextBatch(limit: 9)
        #expect(records.map(\.number) == [0, 1, 2, 3])
        try await consumer.commit([records[0].position])
        #expect(try await log.produce(.sample(5)).offset == 4)
        await #expect(throws: ChatError.self) { try await log.produce(.sample(6)) }
        #expect(try await consumer.nextBatch(limit: 9).map(\.number) == [5])
    }

    @Test func theSlowestGroupDecides() async throws {
        let log = InMemoryEventLog(partitions: 1, capacityPerPartition: 2)
        let fast = log.makeConsumer(group: "fast", startingAt: .beginning, commits: .manual)
        let slow = log.makeConsumer(group: "slow", startingAt: .beginning, commits: .manual)
        for number in 0..<2 { try await log.produce(.sample(number)) }
        try await fast.commit([LogPosition(partition: 0, offset: 1)])
        await #expect(throws: ChatError.self) { try await log.produce(.sample(2)) }
        await slow.close()
        // A group without members still waits for its records.
        await #expect(throws: ChatError.self) { try await log.produce(.sample(2)) }
        #expect(log.removeGroup("fast") == false)
        #expect(log.removeGroup("slow"))
        #expect(try await log.produce(.sample(2)).offset == 2)
    }

    @Test func aLogWithoutGroupsKeepsTheLatest() async throws {
        let log = InMemoryEventLog(partitions: 1, capacityPerPartition: 100)
        for number in 0..<1000 { try await log.produce(.sample(number)) }
        let consumer = log.makeConsumer(group: "g", startingAt: .beginning, commits: .manual)
        let numbers = try await consumer.nextBatch(limit: 1000).compactMap(\.number)
        // The oldest sixteenth goes at once.
        #expect((95...100).contains(numbers.count))
        #expect(numbers == Array((1000 - numbers.count)..<1000))
    }

    @Test func aReaderFarBehindItsOwnCommitGoesOnWithWhatIsHeld() async throws {
        let log = InMemoryEventLog(partitions: 1, capacityPerPartition: 2)
        let consumer = log.makeConsumer(group: "g", startingAt: .beginning, commits: .manual)
        for number in 0..<2 { try await log.produce(.sample(number)) }
        try await consumer.commit([LogPosition(partition: 0, offset: 1)])
        for number in 2..<4 {
            try await log.produce(.sample(number))
            try await consumer.commit([LogPosition(partition: 0, offset: Int64(number))])
        }
        #expect(try await consumer.nextBatch(limit: 9).map(\.number) == [2, 3])
    }
}
