import TestSupport
import Testing

@testable import ChatifyCore

@Suite(.timeLimit(.minutes(5))) struct InMemoryEventLogGroupTests {
    @Test func aMemberThatKeepsItsPartitionReadsOn() async throws {
        let log = InMemoryEventLog(partitions: 2)
        for number in 0..<2 { try await log.produce(.sample(number, scope: "general")) }
        for number in 2..<4 { try await log.produce(.sample(number, scope: "alice-bob")) }
        let first = log.makeConsumer(group: "g", startingAt: .beginning, commits: .manual)
        let read = try await first.nextBatch(limit: 9)
        let second = log.makeConsumer(group: "g", startingAt: .beginning, commits: .manual)
        // Partition 1 moved and is read again from its committed offset; partition 0 is not.
        let again = try await second.nextBatch(limit: 9)
        #expect(again.map(\.number) == [2, 3])
        try await first.commit(read.map(\.position))
        #expect(log.committedOffsets(of: "g") == [2, 0])
    }

    /// Random joins, leaves, reads and commits against a model of what the port promises.
    @Test(arguments: 1...50 as ClosedRange<UInt64>)
    func churnKeepsThePromises(seed: UInt64) throws {
        var churn = GroupChurn(seed: seed)
        for _ in 0..<400 { try churn.step() }
        try churn.drain()
        #expect(churn.finished == churn.produced)
    }

    /// The same from many tasks: members come and go while others produce.
    @Test(arguments: 1...3)
    func concurrentChurnLosesNothing(round: Int) async throws {
        let log = InMemoryEventLog(partitions: 5)
        let finished = Locked(Set<Int>())
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            for producer in 0..<100 {
                tasks.addTask {
                    for step in 0..<20 {
                        try await log.produce(.sample(producer * 20 + step, scope: "scope-\(producer)"))
                    }
                }
            }
            for member in 0..<8 {
                tasks.addTask {
                    while finished.withLock({ $0.count < 2000 }) {
                        let consumer = log.makeConsumer(group: "g", startingAt: .beginning, commits: .manual)
                        for _ in 0..<(3 + member) where finished.withLock({ $0.count < 2000 }) {
                            let reader = Task { try await consumer.nextBatch(limit: 16) }
                            for _ in 0..<10 { await Task.yield() }
                            reader.cancel()
                            guard let records = try? await reader.value else { continue }
                            finished.withLock { $0.formUnion(records.compactMap(\.number)) }
                            try await consumer.commit(records.map(\.position))
                        }
                        await consumer.close()
                    }
                }
            }
            try await tasks.waitForAll()
        }
        #expect(finished.withLock { $0 } == Set(0..<2000))
        // What was not committed, and only that, is left for the next member.
        let heir = log.makeConsumer(group: "g", startingAt: .end, commits: .manual)
        var left = 2000 - (log.committedOffsets(of: "g") ?? []).reduce(0, +)
        #expect(left >= 0)
        while left > 0 { left -= Int64(try await heir.nextBatch(limit: 500).count) }
        #expect(left == 0)
    }
}

/// One group under random churn, and what its members may expect.
private struct GroupChurn {
    private static let partitions = 4

    private var state = InMemoryEventLog.State(partitions: 4, capacityPerPartition: 100_000)
    private var generator: SeededRandom
    private var members: [ConsumerID] = []
    /// Per partition: who reads it and the offset that comes next.
    private var reading: [(reader: ConsumerID?, next: Int64)] = Array(repeating: (nil, 0), count: partitions)
    private var committed = [Int64](repeating: 0, count: partitions)
    /// What each member has read and not committed.
    private var held: [ConsumerID: [LogPosition]] = [:]
    private(set) var produced: Set<LogPosition> = []
    private(set) var finished: Set<LogPosition> = []

    init(seed: UInt64) {
        self.generator = SeededRandom(seed: seed)
        self.join()
    }

    mutating func step() throws {
        switch Int.random(in: 0..<20, using: &self.generator) {
        case 0: self.join()
        case 1 where self.members.count > 1: self.leave()
        case 2..<10: try self.produce()
        case 10..<16: self.read(limit: Int.random(in: 1...8, using: &self.generator))
        default: self.commit()
        }
        self.checkCommitted()
    }

    /// Lets the members that are left read and commit everything.
    mutating func drain() throws {
        for _ in 0..<10_000 where self.finished != self.produced {
            self.read(limit: 50)
            self.commit()
        }
        self.checkCommitted()
    }

    private mutating func join() {
        self.members.append(self.state.join("g", startingAt: .beginning))
        self.noteOwners()
    }

    private mutating func leave() {
        let member = self.members.remove(at: Int.random(in: self.members.indices, using: &self.generator))
        self.state.leave("g", member)
        self.held[member] = nil
        self.noteOwners()
    }

    private mutating func produce() throws {
        let partition = Int.random(in: 0..<Self.partitions, using: &self.generator)
        let payload = ChatRecord.Payload.event(.sample(self.produced.count))
        self.produced.insert(try self.state.append(payload, headers: RecordHeaders(), to: partition))
    }

    /// Moved partitions begin at the committed offset.
    private mutating func noteOwners() {
        for partition in 0..<Self.partitions {
            let owner = self.state.readers(of: partition).first
            #expect(owner.map(self.members.contains) == true)
            if owner != self.reading[partition].reader { self.reading[partition] = (owner, self.committed[partition]) }
        }
    }

    private mutating func read(limit: Int) {
        guard let member = self.members.randomElement(using: &self.generator) else { return }
        guard case .records(let records) = self.state.take(limit: limit, group: "g", for: member) else { return }
        #expect(records.count <= limit)
        for position in records.map(\.position) {
            let partition = Int(position.partition)
            #expect(self.reading[partition].reader == member)
            #expect(self.reading[partition].next == position.offset)
            self.reading[partition].next = position.offset + 1
            self.held[member, default: []].append(position)
        }
    }

    private mutating func commit() {
        guard let member = self.members.randomElement(using: &self.generator), let held = self.held[member] else {
            return
        }
        self.held[member] = nil
        self.state.commit(held, group: "g", by: member)
        for position in held where self.reading[Int(position.partition)].reader == member {
            let partition = Int(position.partition)
            // What a member read before it lost and regained the partition is committed too, if it is the next.
            self.committed[partition] = max(self.committed[partition], position.offset + 1)
        }
        self.finished.formUnion(held)
    }

    private func checkCommitted() {
        #expect(self.state.committedOffsets(of: "g") == self.committed)
    }
}
