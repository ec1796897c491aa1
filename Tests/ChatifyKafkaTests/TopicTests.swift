import ChatifyCore
import TestSupport
import Testing

@testable import ChatifyKafka

@Suite(.timeLimit(.minutes(5))) struct TopicTests {
    private static func error(_ code: Int32) -> KafkaError { KafkaError(code: code, name: "E", message: "words") }

    @Test(
        arguments: [
            (.success(3), .fits),
            (
                .success(4),
                .wrong("Kafka topic t has 4 partitions, not 3: set Partitions to 4, or choose another topic.")
            ),
            (.failure(Self.error(3)), .pending(Self.error(3))),
            (.failure(Self.error(5)), .pending(Self.error(5))),
            (.failure(Self.error(29)), .wrong("Kafka topic t is closed to us: words.")),
            (.failure(Self.error(-195)), .unreachable(Self.error(-195))),
            (.failure(Self.error(-185)), .unreachable(Self.error(-185))),
        ] as [(Result<Int32, KafkaError>, TopicCheck)]
    )
    func verdicts(answer: Result<Int32, KafkaError>, expected: TopicCheck) {
        #expect(TopicCheck(answer, of: "t", expected: 3) == expected)
    }

    @Test func aTopicOfAnotherSizeIsRefusedInOneLine() async throws {
        let topic = try TestTopic(partitions: 4)
        try await topic.withLog { _ in }
        let error = await #expect(throws: ChatError.self) {
            try await topic.withLog {
                $0.partitions = 3
            } _: { _ in
            }
        }
        #expect(error?.code == .configuration)
        #expect(error?.message.contains("\(topic.name) has 4 partitions, not 3") == true)
    }

    @Test func topicsThatAreThereAreNotMade() async throws {
        let (topic, captured) = (try TestTopic(), CapturingLog())
        // On a real cluster this one makes them.
        try await topic.withLog { _ in }
        try await topic.withLog(log: captured) {
            $0.createsTopics = true
        } _: { log in
            try await log.check()
        }
        #expect(!captured.warnings.contains { $0.message == "Cannot make Kafka topics" })
    }

    @Test func brokersThatCannotMakeTopicsAreWarnedOf() async throws {
        let (mock, captured) = (try MockKafka("--brokers", "1"), CapturingLog())
        let topic = try TestTopic(on: mock)
        try mock.tell("topic-error \(topic.name)-dlq 3")
        try await topic.withLog(log: captured) {
            $0.createsTopics = true
            $0.requestTimeout = .seconds(1)
        } _: { _ in
        }
        #expect(captured.warnings.map(\.message) == ["Cannot make Kafka topics"])
    }

    @Test func aTopicThatIsNotThereIsSaid() async throws {
        let mock = try MockKafka("--brokers", "1")
        let topic = try TestTopic(on: mock)
        try mock.tell("topic-error \(topic.name) 3")
        let error = await #expect(throws: ChatError.self) {
            try await topic.withLog {
                $0.requestTimeout = .seconds(1)
            } _: { _ in
            }
        }
        #expect(error?.code == .configuration)
        #expect(error?.message == "Kafka topic \(topic.name) is not there.")
    }
}
