import TestSupport
import Testing

@testable import ChatifyCore

@Suite("Stamps of messages")
struct MessageStamperTests {
    @Test("rise within a millisecond")
    func sameMillisecond() {
        var stamper = MessageStamper()
        let now = Timestamp(millisecondsSinceEpoch: 1_768_473_000_123)
        let stamps = (0..<100).map { stamper.next(now: now, random: UInt64.max - UInt64($0)) }
        #expect(stamps.map(\.createdAt) == Array(repeating: now, count: 100))
        #expect(zip(stamps, stamps.dropFirst()).allSatisfy { $0.messageID < $1.messageID })
    }

    @Test("never run backwards when the clock is set back")
    func clockSetBack() {
        var stamper = MessageStamper()
        let first = stamper.next(now: Timestamp(millisecondsSinceEpoch: 5000), random: 0)
        let second = stamper.next(now: Timestamp(millisecondsSinceEpoch: 1000), random: 0)
        let third = stamper.next(now: Timestamp(millisecondsSinceEpoch: 5001), random: 0)
        #expect(first.createdAt <= second.createdAt)
        #expect(second.createdAt < third.createdAt)
        #expect(first.messageID < second.messageID)
        #expect(second.messageID < third.messageID)
    }

    @Test("borrow from the next millisecond when the counter is used up")
    func counterOverflow() {
        var stamper = MessageStamper()
        let now = Timestamp(millisecondsSinceEpoch: 1000)
        let stamps = (0..<10_000).map { _ in stamper.next(now: now, random: 7) }
        #expect(zip(stamps, stamps.dropFirst()).allSatisfy { $0.messageID < $1.messageID })
        #expect(stamps.last?.createdAt == Timestamp(millisecondsSinceEpoch: 1002))
    }

    @Test("are UUIDs of version 7 that carry the time")
    func layout() {
        var stamper = MessageStamper()
        let stamp = stamper.next(now: Timestamp(millisecondsSinceEpoch: 0x0123_4567_89AB), random: .max)
        #expect("\(stamp.messageID)" == "01234567-89ab-7000-bfff-ffffffffffff")
    }

    @Test("keep their order under any clock", arguments: 0..<20)
    func anyClock(seed: Int) {
        var generator = SeededRandom(seed: UInt64(seed))
        var stamper = MessageStamper()
        var last: Stamp?
        for _ in 0..<500 {
            let now = Timestamp(millisecondsSinceEpoch: Int64.random(in: 0...50, using: &generator))
            let stamp = stamper.next(now: now, random: generator.next())
            if let last {
                #expect(last.createdAt <= stamp.createdAt)
                #expect(last.messageID < stamp.messageID)
            }
            last = stamp
        }
    }
}
