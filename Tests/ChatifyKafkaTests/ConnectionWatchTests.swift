import Testing

@testable import ChatifyKafka

@Suite struct ConnectionWatchTests {
    private let up = KafkaBrokerStatistics(id: 1, isUp: true)
    private let idle = KafkaBrokerStatistics(id: 2, isUp: false, isIdle: true)
    private let down = KafkaBrokerStatistics(id: 3, isUp: false)

    @Test func troubleBeforeAnybodyAnsweredIsNotWarnedOf() {
        var watch = ConnectionWatch()
        #expect(watch.failed() == .none)
        #expect(watch.saw([]) == .none)
        #expect(watch.saw([self.down]) == .none)
        #expect(watch.failed() == .none)
    }

    @Test func oneWarningAndOneNoticeForAnOutage() {
        var watch = ConnectionWatch()
        #expect(watch.saw([self.up]) == .none)
        #expect((0..<3).map { _ in watch.failed() } == [.warn, .none, .none])
        #expect(watch.saw([self.down]) == .none)
        #expect(watch.saw([self.idle]) == .none)
        #expect(watch.saw([self.up, self.down]) == .none)
        #expect(watch.saw([self.up, self.idle]) == .notice)
        #expect(watch.saw([self.up]) == .none)
        #expect(watch.failed() == .warn)
    }

    @Test func anAcknowledgedRecordIsAnAnswerButDoesNotEndTrouble() {
        var watch = ConnectionWatch()
        watch.delivered()
        #expect(watch.failed() == .warn)
        watch.delivered()
        #expect(watch.failed() == .none)
        #expect(watch.saw([self.up]) == .notice)
    }

    @Test(
        arguments: [
            ("[thrd:b:1/1]: b:1/1: Connect failed", "b:1/1: Connect failed"), ("no thread", "no thread"),
            ("a]: b", "a]: b"),
        ]
    )
    func wordsOfALine(text: String, words: String) {
        #expect(KafkaEvent.LogLine(severity: 3, facility: "FAIL", text: text).words == words)
    }
}
