import ChatifyCore
import TestSupport
import Testing

@Suite struct OffsetTrackerTests {
    private func position(_ offset: Int64, _ partition: Int32 = 0) -> LogPosition {
        LogPosition(partition: partition, offset: offset)
    }

    /// Offsets given, offsets finished in order, and the watermark after each.
    @Test(
        arguments: [
            ([0, 1, 2], [0, 1, 2], [0, 1, 2]),
            ([0, 1, 2], [2, 1, 0], [nil, nil, 2]),
            ([5, 9, 20], [9, 5, 20], [nil, 9, 20]),
            ([5, 9, 20], [5, 5, 20], [5, 5, 5]),
            ([5, 9], [6, 4, 100], [nil, nil, nil]),
            ([0, 1, 2, 3], [1, 3, 0, 2], [nil, nil, 1, 3]),
            ([Int64.max - 1, .max], [.max, .max - 1], [nil, .max]),
        ] as [([Int64], [Int64], [Int64?])]
    )
    func watermark(given: [Int64], finished: [Int64], expected: [Int64?]) {
        var tracker = OffsetTracker()
        for offset in given { tracker.begin(self.position(offset)) }
        let watermarks = finished.map { offset in
            tracker.finish(self.position(offset))
            return tracker.committable.first?.offset
        }
        #expect(watermarks == expected)
    }

    @Test func partitionsAreApart() {
        var tracker = OffsetTracker()
        for partition in 0..<3 as Range<Int32> {
            for offset in 0..<3 as Range<Int64> { tracker.begin(self.position(offset, partition)) }
        }
        for position in [self.position(0, 2), self.position(1, 2), self.position(0, 0), self.position(1, 1)] {
            tracker.finish(position)
        }
        #expect(tracker.committable == [self.position(0, 0), self.position(1, 2)])
    }

    @Test func whatIsCommittedIsNotCommittedAgain() {
        var tracker = OffsetTracker()
        for offset in 0..<3 as Range<Int64> { tracker.begin(self.position(offset)) }
        tracker.finish(self.position(0))
        #expect(tracker.committable == [self.position(0)])
        tracker.committed(tracker.committable)
        #expect(tracker.committable.isEmpty)
        tracker.finish(self.position(1))
        #expect(tracker.committable == [self.position(1)])
    }

    @Test func aPartitionThatCameBackBeginsAnew() {
        var tracker = OffsetTracker()
        for offset in 0..<5 as Range<Int64> { tracker.begin(self.position(offset)) }
        tracker.finish(self.position(4))
        for offset in 2..<5 as Range<Int64> { tracker.begin(self.position(offset)) }
        for offset in [0, 1, 3] as [Int64] { tracker.finish(self.position(offset)) }
        #expect(tracker.committable.isEmpty)
        tracker.finish(self.position(2))
        #expect(tracker.committable == [self.position(3)])
    }

    @Test(arguments: 1...100 as ClosedRange<UInt64>)
    func neverPassesAnUnfinishedRecord(seed: UInt64) {
        var generator = SeededRandom(seed: seed)
        var tracker = OffsetTracker()
        var (next, open): (Int64, Set<Int64>) = (0, [])
        for _ in 0..<300 {
            if Bool.random(using: &generator) {
                next += .random(in: 1...3, using: &generator)
                tracker.begin(self.position(next))
                open.insert(next)
            } else if let offset = open.randomElement(using: &generator) {
                tracker.finish(self.position(offset))
                open.remove(offset)
            }
            let watermark = tracker.committable.first?.offset ?? -1
            #expect(open.allSatisfy { $0 > watermark })
            if open.isEmpty, next > 0 { #expect(watermark == next) }
        }
    }
}
