import ChatifyCore
import TestSupport
import Testing

@testable import ChatifyKafka

@Suite struct CommitMachineTests {
    private func position(_ offset: Int64, _ partition: Int32 = 0) -> LogPosition {
        LogPosition(partition: partition, offset: offset)
    }

    /// A machine with partition 0, of which these records were given.
    private func machine(given: ClosedRange<Int64>) -> CommitMachine {
        var machine = CommitMachine()
        machine.assigned([0])
        machine.gave(given.map { self.position($0) })
        return machine
    }

    @Test func onlyOneCommitIsUnderWay() {
        var machine = self.machine(given: 0...9)
        #expect(machine.request([self.position(3)], waiter: 1) == .wait)
        #expect(machine.begin() == [self.position(3)])
        #expect(machine.request([self.position(5)], waiter: 2) == .wait)
        #expect(machine.begin() == nil)
        #expect(machine.ended(isKept: true) == [1])
        #expect(machine.begin() == [self.position(5)])
        #expect(machine.ended(isKept: true) == [2])
        #expect(machine.begin() == nil)
    }

    @Test func anOffsetNeverGoesBackwards() {
        var machine = self.machine(given: 0...9)
        #expect(machine.request([self.position(7)], waiter: 1) == .wait)
        #expect(machine.begin() == [self.position(7)])
        #expect(machine.ended(isKept: true) == [1])
        #expect(machine.request([self.position(3)], waiter: 2) == .none)
        #expect(machine.request([self.position(7)], waiter: 3) == .none)
        #expect(machine.begin() == nil)
    }

    @Test(arguments: [10, 100, -1, Int64.max]) func whatWasNotGivenIsNotCommitted(offset: Int64) {
        var machine = self.machine(given: 5...9)
        #expect(machine.request([self.position(offset)], waiter: 1) == .none)
        #expect(machine.request([self.position(4)], waiter: 2) == .none)
        #expect(machine.request([self.position(7, 1)], waiter: 3) == .none)
        #expect(machine.begin() == nil)
    }

    @Test func aPartitionThatCameBackKnowsNothingOfBefore() {
        var machine = self.machine(given: 0...9)
        #expect(machine.revoked([0]).isEmpty)
        machine.assigned([0])
        #expect(machine.request([self.position(9)], waiter: 1) == .none)
        machine.gave([self.position(4)])
        #expect(machine.request([self.position(9)], waiter: 2) == .none)
        #expect(machine.request([self.position(4)], waiter: 3) == .wait)
        #expect(machine.begin() == [self.position(4)])
    }

    @Test func whatIsDoneAndNotCommittedGoesAlongWithTheRevocation() {
        var machine = self.machine(given: 0...9)
        #expect(machine.request([self.position(3)], waiter: 1) == .wait)
        #expect(machine.begin() == [self.position(3)])
        #expect(machine.request([self.position(8)], waiter: 2) == .wait)
        #expect(machine.revoked([0, 7]) == [self.position(8)])
        // The one under way tells nothing of a partition that is gone; who waited for more has nothing to wait for.
        #expect(machine.ended(isKept: true) == [1])
        #expect(machine.takeIdleWaiters() == [2])
        #expect(machine.begin() == nil)
    }

    @Test func aFailedCommitIsAskedForAgain() {
        var machine = self.machine(given: 0...9)
        #expect(machine.request([self.position(3)], waiter: 1) == .wait)
        #expect(machine.begin() == [self.position(3)])
        #expect(machine.ended(isKept: false) == [1])
        #expect(machine.request([self.position(3)], waiter: 2) == .wait)
        #expect(machine.begin() == [self.position(3)])
        #expect(machine.ended(isKept: true) == [2])
    }

    @Test func aFailedCommitIsPartOfTheNextWhoeverAsks() {
        var machine = self.machine(given: 0...9)
        #expect(machine.request([self.position(3)], waiter: 1) == .wait)
        #expect(machine.begin() == [self.position(3)])
        #expect(machine.ended(isKept: false) == [1])
        #expect(machine.begin() == [self.position(3)])
        #expect(machine.ended(isKept: true).isEmpty)
        #expect(machine.begin() == nil)
    }

    @Test func finishingAllThatWasGiven() {
        var machine = self.machine(given: 0...9)
        machine.finishGiven()
        machine.gave([self.position(10)])
        #expect(machine.begin() == [self.position(9)])
    }

    /// Random histories: what is begun rises within every stay of a partition and was given in it.
    @Test(arguments: 0..<50 as Range<UInt64>) func everythingBegunWasGivenAndRises(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        var machine = CommitMachine()
        var next = [Int32: Int64]()
        var begun = [Int32: Int64]()
        var waiters = Set<Int>()
        for step in 0..<400 {
            let partition = Int32.random(in: 0..<3, using: &random)
            switch Int.random(in: 0..<6, using: &random) {
            case 0 where next[partition] == nil:
                machine.assigned([partition])
                next[partition] = Int64.random(in: 0..<50, using: &random)
            case 1 where next[partition] != nil && Int.random(in: 0..<4, using: &random) == 0:
                for rest in machine.revoked([partition]) {
                    #expect(rest.offset < next[rest.partition]! && rest.offset > begun[rest.partition] ?? -1)
                }
                (next[partition], begun[partition]) = (nil, nil)
            case 2:
                guard let offset = next[partition] else { continue }
                machine.gave([self.position(offset, partition)])
                next[partition] = offset + 1
            case 3:
                let offset = Int64.random(in: 0..<80, using: &random)
                if machine.request([self.position(offset, partition)], waiter: step) == .wait { waiters.insert(step) }
            case 4:
                for position in machine.begin() ?? [] {
                    #expect(position.offset < next[position.partition] ?? -1)
                    #expect(position.offset > begun[position.partition] ?? -1)
                }
            default:
                let isKept = Bool.random(using: &random)
                let (before, wasUnderWay) = (machine.partitions, machine.isUnderWay)
                let ended = machine.ended(isKept: isKept) + machine.takeIdleWaiters()
                #expect(waiters.isSuperset(of: ended))
                waiters.subtract(ended)
                for (index, partition) in machine.partitions where isKept && wasUnderWay {
                    #expect((partition.kept ?? -1) >= (before[index]?.kept ?? -1))
                    begun[index] = partition.kept
                }
            }
        }
        _ = machine.revoked(0..<3)
        waiters.subtract(machine.ended(isKept: false) + machine.takeIdleWaiters())
        #expect(waiters.isEmpty)
    }
}
