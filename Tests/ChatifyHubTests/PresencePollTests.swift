import ChatifyCore
import Testing

@testable import ChatifyHub

struct PresencePollTests {
    @Test func `Lookups keep their distance, one at a time`() {
        let start = ContinuousClock.now
        var poll = PresencePoll(interval: .seconds(5), batchSize: 10)
        let begun = [0, 60].map { poll.begin(at: start + .seconds($0)) }
        #expect(begun == [true, false])
        poll.ended()
        let again = [4, 5].map { poll.begin(at: start + .seconds($0)) }
        #expect(again == [false, true])
        poll.ended()
        let last = poll.begin(at: start + .seconds(10))
        #expect(last)
    }

    @Test func `Nothing begins after the end`() {
        var poll = PresencePoll(interval: .seconds(5), batchSize: 10)
        poll.stop()
        let begins = poll.begin(at: .now)
        #expect(!begins)
    }

    @Test func `Users beyond a batch take turns`() {
        var poll = PresencePoll(interval: .seconds(5), batchSize: 3)
        let users = Set("abcdefg".map { UserID(unchecked: String($0)) })
        let batches = (0..<4).map { _ in poll.batch(of: users).map(\.rawValue).joined() }
        #expect(batches == ["abc", "def", "gab", "cde"])
        let few = Set("xy".map { UserID(unchecked: String($0)) })
        let all = Set(poll.batch(of: few))
        #expect(all == few)
    }
}
