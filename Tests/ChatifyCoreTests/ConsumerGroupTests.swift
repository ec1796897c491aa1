import TestSupport
import Testing

@testable import ChatifyCore

@Suite struct ConsumerGroupTests {
    private static let alice = ConsumerID(rawValue: 1)
    private static let bob = ConsumerID(rawValue: 2)

    /// A group of so many members, numbered from 1.
    private func group(startingAt offsets: [Int64], members: UInt64 = 1) -> ConsumerGroup {
        var group = ConsumerGroup(startingAt: offsets)
        for number in 0..<members { group.join(ConsumerID(rawValue: number + 1)) }
        return group
    }

    private func read(_ partition: Int32, _ offsets: Range<Int64>) -> LogRead {
        LogRead(partition: partition, offsets: offsets)
    }

    @Test(arguments: 1...8 as ClosedRange<UInt64>)
    func assignmentIsEven(members: UInt64) {
        let group = self.group(startingAt: [Int64](repeating: 0, count: 6), members: members)
        let owners = (0..<6).compactMap { group.owner(of: $0) }
        #expect(owners.count == 6)
        let counts = group.memberIDs.map { member in owners.count { $0 == member } }
        #expect(counts.max()! - counts.min()! <= 1)
    }

    /// The limit, what the log holds, and the offsets read of each partition that is.
    @Test(
        arguments: [
            (9, [0..<3, 0..<3, 0..<3], [0: 0..<3, 1: 0..<3, 2: 0..<3]),
            (6, [0..<9, 0..<9, 0..<9], [0: 0..<2, 1: 0..<2, 2: 0..<2]),
            (7, [0..<9, 0..<9, 0..<9], [0: 0..<3, 1: 0..<2, 2: 0..<2]),
            (2, [0..<9, 0..<9, 0..<9], [0: 0..<1, 1: 0..<1]),
            // One with little leaves its share to the others.
            (9, [0..<1, 0..<9, 0..<9], [0: 0..<1, 1: 0..<4, 2: 0..<4]),
            (9, [0..<0, 0..<1, 0..<99], [1: 0..<1, 2: 0..<8]),
            (Int.max, [0..<5, 0..<0, 0..<1], [0: 0..<5, 2: 0..<1]),
            // What the log no longer holds is passed over.
            (4, [7..<9, 9..<9, 5..<99], [0: 7..<9, 2: 5..<7]),
            (0, [0..<3, 0..<3, 0..<3], [:]),
            (9, [0..<0, 3..<3, 0..<0], [:]),
        ] as [(Int, [Range<Int64>], [Int32: Range<Int64>])]
    )
    func sharesAreFair(limit: Int, available: [Range<Int64>], expected: [Int32: Range<Int64>]) {
        var group = self.group(startingAt: [0, 0, 0])
        let reads = group.nextReads(limit: limit, for: Self.alice, in: available)
        #expect(Dictionary(uniqueKeysWithValues: reads.map { ($0.partition, $0.offsets) }) == expected)
        #expect(group.hasRecords(for: Self.alice, in: available) == available.contains { !$0.isEmpty })
        #expect(group.given(reads, to: Self.alice) == reads)
        #expect(group.commitGiven(to: Self.alice) == !expected.isEmpty)
        let ends = (0..<3).map { expected[$0]?.upperBound ?? 0 }
        #expect(group.committedOffsets == ends)
    }

    @Test func partitionsTakeTurns() {
        var group = self.group(startingAt: [0, 0, 0])
        var batches: [[Int32]] = []
        for _ in 0..<4 {
            let reads = group.nextReads(limit: 2, for: Self.alice, in: [0..<99, 0..<99, 0..<99])
            batches.append(group.given(reads, to: Self.alice).map(\.partition))
        }
        #expect(batches == [[0, 1], [2, 0], [1, 2], [0, 1]])
        // Five go round once from partition 2 and on to partition 0, so partition 1 comes next.
        let reads = group.nextReads(limit: 5, for: Self.alice, in: [0..<99, 0..<99, 0..<99])
        #expect(reads.map(\.partition) == [1, 2, 0] && reads.map(\.offsets.count) == [1, 2, 2])
        _ = group.given(reads, to: Self.alice)
        #expect(group.nextReads(limit: 1, for: Self.alice, in: [0..<99, 0..<99, 0..<99]).map(\.partition) == [1])
    }

    @Test func aPlanChangesNothing() {
        let group = self.group(startingAt: [3, 4])
        let plan = group.nextReads(limit: 9, for: Self.alice, in: [0..<5, 0..<6])
        #expect(plan == [self.read(0, 3..<5), self.read(1, 4..<6)])
        #expect(group.nextReads(limit: 9, for: Self.alice, in: [0..<5, 0..<6]) == plan)
    }

    @Test func aReadThatFailedIsPlannedAgain() {
        var group = self.group(startingAt: [0, 0])
        let plan = group.nextReads(limit: 4, for: Self.alice, in: [0..<5, 0..<5])
        #expect(group.given([plan[1]], to: Self.alice) == [plan[1]])
        let next = group.nextReads(limit: 4, for: Self.alice, in: [0..<5, 0..<5])
        #expect(Set(next) == [self.read(0, 0..<2), self.read(1, 2..<4)])
    }

    @Test func aReadMayComeShort() {
        var group = self.group(startingAt: [0])
        var read = group.nextReads(limit: 4, for: Self.alice, in: [2..<9])[0]
        read.offsets = 2..<3
        #expect(group.given([read], to: Self.alice) == [read])
        #expect(group.nextReads(limit: 2, for: Self.alice, in: [2..<9]) == [self.read(0, 3..<5)])
    }

    @Test func aReadCountsOnce() {
        var group = self.group(startingAt: [0])
        let plan = group.nextReads(limit: 4, for: Self.alice, in: [0..<9])
        #expect(group.given(plan, to: Self.alice) == plan)
        #expect(group.given(plan, to: Self.alice).isEmpty)
    }

    @Test func aRebalanceDuringAReadTakesAwayWhatMoved() {
        var group = self.group(startingAt: [0, 0])
        let plan = group.nextReads(limit: 4, for: Self.alice, in: [0..<9, 0..<9])
        group.join(Self.bob)
        #expect(group.given(plan, to: Self.alice) == [self.read(0, 0..<2)])
        #expect(group.nextReads(limit: 1, for: Self.bob, in: [0..<9, 0..<9]) == [self.read(1, 0..<1)])
    }

    /// The front that the log still holds, and whether what was read before the plan was committed.
    @Test(arguments: [(0, false), (20, false), (0, true), (20, true)] as [(Int64, Bool)])
    func aPartitionThatCameBackBeginsAtItsCommittedOffset(first: Int64, isCommitted: Bool) {
        var group = self.group(startingAt: [0, 0])
        _ = group.given(group.nextReads(limit: 20, for: Self.alice, in: [0..<0, 0..<10]), to: Self.alice)
        let plan = group.nextReads(limit: 20, for: Self.alice, in: [0..<0, first..<30])
        if isCommitted { group.commitGiven(to: Self.alice) }
        group.join(Self.bob)
        group.leave(Self.bob)
        // Only if it goes on where it went on before does the read count.
        #expect(group.given(plan, to: Self.alice) == (isCommitted ? plan : []))
        let next = isCommitted ? 30 : first
        let reads = group.nextReads(limit: 1, for: Self.alice, in: [0..<0, first..<40])
        #expect(reads.map(\.offsets) == [next..<(next + 1)])
    }

    @Test func whoHasLeftIsGivenNothing() {
        var group = self.group(startingAt: [0])
        let plan = group.nextReads(limit: 4, for: Self.alice, in: [0..<9])
        group.leave(Self.alice)
        #expect(group.given(plan, to: Self.alice).isEmpty)
        #expect(!group.hasMember(Self.alice) && group.owner(of: 0) == nil)
        #expect(group.nextReads(limit: 4, for: Self.alice, in: [0..<9]).isEmpty)
        #expect(!group.hasRecords(for: Self.alice, in: [0..<9]))
    }

    /// Commits of the owner of a partition of ten records that begins at 3, and where each leaves the committed offset.
    @Test(
        arguments: [
            ([3, 4, 8], [4, 5, 9]), ([7, 5, 8], [8, 8, 9]), ([5, 5], [6, 6]), ([2, 0, -1], [3, 3, 3]),
            ([9, 10, .max], [10, 10, 10]), ([.max, 3], [10, 10]),
        ] as [([Int64], [Int64])]
    )
    func committingNeverGoesBackwards(offsets: [Int64], expected: [Int64]) {
        var group = self.group(startingAt: [3])
        for (offset, end) in zip(offsets, expected) {
            let before = group.committedOffset(of: 0)
            let position = LogPosition(partition: 0, offset: offset)
            #expect(group.commit(position, by: Self.alice, endOffset: 10) == (end != before))
            #expect(group.committedOffset(of: 0) == end)
        }
    }

    @Test(arguments: [(1, 0), (2, 0), (9, 0), (1, 1), (1, -1)] as [(UInt64, Int32)])
    func onlyTheOwnerCommits(member: UInt64, partition: Int32) {
        var group = self.group(startingAt: [0], members: 2)
        let position = LogPosition(partition: partition, offset: 4)
        let isOwned = member == 1 && partition == 0
        #expect(group.commit(position, by: ConsumerID(rawValue: member), endOffset: 10) == isOwned)
        #expect(group.committedOffsets == [isOwned ? 5 : 0])
    }

    @Test func committingWhatWasGivenLeavesTheRest() {
        var group = self.group(startingAt: [0, 0], members: 2)
        _ = group.given(group.nextReads(limit: 3, for: Self.alice, in: [0..<9, 0..<9]), to: Self.alice)
        _ = group.given(group.nextReads(limit: 5, for: Self.bob, in: [0..<9, 0..<9]), to: Self.bob)
        let moved = [group.commitGiven(to: Self.alice), group.commitGiven(to: Self.alice)]
        #expect(moved == [true, false])
        #expect(group.committedOffsets == [3, 0])
    }

    /// Reads that take their time: rebalances, commits, trimming and failures in between lose and repeat nothing.
    @Test(arguments: 1...100 as ClosedRange<UInt64>)
    func slowReadsLoseAndRepeatNothing(seed: UInt64) {
        var churn = SlowReads(seed: seed)
        for _ in 0..<400 { churn.step() }
        churn.drain()
        #expect(churn.given > 100)
    }
}

/// One group whose members read slowly, and where each of them has to go on.
private struct SlowReads {
    private var group = ConsumerGroup(startingAt: [0, 0, 0, 0])
    private var available = [Range<Int64>](repeating: 0..<0, count: 4)
    private var generator: SeededRandom
    private var plans: [ConsumerID: [LogRead]] = [:]
    /// Per partition: who reads it, and the offset it has to go on from.
    private var expected = [(owner: ConsumerID?, next: Int64)](repeating: (nil, 0), count: 4)
    private var memberCount: UInt64 = 0
    private(set) var given = 0

    init(seed: UInt64) {
        self.generator = SeededRandom(seed: seed)
        self.join()
    }

    mutating func step() {
        let partition = self.random(0..<4)
        let held = self.available[partition]
        let member = self.group.memberIDs[self.random(0..<self.group.memberIDs.count)]
        switch self.random(0..<15) {
        case 0 where self.group.memberIDs.count < 6: self.join()
        case 1 where self.group.memberIDs.count > 1: self.group.leave(member)
        case 2: self.group.commitGiven(to: member)
        case 3:
            self.available[partition] = (held.lowerBound + Int64(self.random(0..<(held.count + 1))))..<held.upperBound
        case 4...8: self.available[partition] = held.lowerBound..<(held.upperBound + Int64(self.random(1..<9)))
        case 9...11: self.plans[member] = self.group.nextReads(limit: 7, for: member, in: self.available)
        default:
            let succeeded = (self.plans[member] ?? []).filter { _ in self.random(0..<5) > 0 }
            self.give(succeeded, to: member)
        }
        self.noteOwners()
    }

    /// Lets the members that are left read everything.
    mutating func drain() {
        for member in self.group.memberIDs {
            self.give(self.group.nextReads(limit: .max, for: member, in: self.available), to: member)
            #expect(!self.group.hasRecords(for: member, in: self.available))
        }
        for index in 0..<4 where !self.available[index].isEmpty {
            #expect(self.expected[index].next == self.available[index].upperBound)
        }
    }

    private mutating func random(_ range: Range<Int>) -> Int { .random(in: range, using: &self.generator) }

    private mutating func join() {
        self.memberCount += 1
        self.group.join(ConsumerID(rawValue: self.memberCount))
        self.noteOwners()
    }

    /// What is passed over must be gone from the log.
    private mutating func give(_ reads: [LogRead], to member: ConsumerID) {
        for read in self.group.given(reads, to: member) {
            let index = Int(read.partition)
            let next = self.expected[index].next
            #expect(self.expected[index].owner == member && next <= read.offsets.lowerBound)
            #expect(next == read.offsets.lowerBound || read.offsets.lowerBound <= self.available[index].lowerBound)
            self.expected[index].next = read.offsets.upperBound
            self.given += read.offsets.count
        }
    }

    private mutating func noteOwners() {
        for index in 0..<4 where self.group.owner(of: index) != self.expected[index].owner {
            self.expected[index] = (self.group.owner(of: index), self.group.committedOffset(of: index))
        }
    }
}
