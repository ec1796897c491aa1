import ChatifyCore
import TestSupport
import Testing

@testable import ChatifyKafka

@Suite(.timeLimit(.minutes(5))) struct DeadLetterTests {
    private func letter(
        _ value: String,
        _ offset: Int64 = 7,
        headers: RecordHeaders = RecordHeaders(),
        key: String? = nil
    ) -> DeadLetter {
        DeadLetter(
            value: Array(value.utf8),
            reason: "It is no event.",
            source: LogPosition(partition: 1, offset: offset),
            headers: headers,
            key: key.map { Array($0.utf8) }
        )
    }

    @Test func aLetterKeepsItsValueItsReasonAndItsSource() async throws {
        let topic = try TestTopic()
        try await topic.withLog { log in
            let headers = RecordHeaders(correlationID: .random(), traceparent: "00-1-2-01")
            let sent = self.letter("poison", headers: headers, key: "general")
            try await log.deadLetters.send(sent)
            let kept = try await log.keptDeadLetters.letters(limit: 10)
            #expect(kept.map(\.letter) == [sent])
            #expect(kept.first?.sourceTopic == topic.name && kept.first?.originalSize == nil)
            #expect(kept.first?.keptAt != nil)
            let lines = try Kcat.consume("\(topic.name)-dlq", of: topic, format: "%k %s %h\n")
            let id = try #require(headers.correlationID)
            #expect(
                lines == [
                    "general poison reason=It is no event.,source-topic=\(topic.name),source-partition=1,source-offset=7,"
                        + "correlation-id=\(id),traceparent=00-1-2-01"
                ]
            )
        }
    }

    @Test func lettersAreReadInPortions() async throws {
        try await TestTopic().withLog { log in
            #expect(try await log.keptDeadLetters.letters(limit: 10).isEmpty)
            for offset in 0..<5 as Range<Int64> { try await log.deadLetters.send(self.letter("", offset)) }
            let first = try await log.keptDeadLetters.letters(limit: 3)
            #expect(first.map(\.letter.source.offset) == [0, 1, 2])
            let last = try #require(first.last)
            let rest = try await log.keptDeadLetters.letters(after: [last.position], limit: 10)
            #expect(rest.map(\.letter.source.offset) == [3, 4])
            let end = try #require(rest.last)
            #expect(try await log.keptDeadLetters.letters(after: [end.position], limit: 10).isEmpty)
        }
    }

    @Test func aLetterThatIsTooLargeIsCut() async throws {
        try await TestTopic().withLog {
            $0.maximumRecordBytes = 2000
        } _: { log in
            try await log.deadLetters.send(self.letter(String(repeating: "x", count: 10_000)))
            let kept = try await log.keptDeadLetters.letters(limit: 1)
            #expect(kept.first?.letter.value == Array(repeating: UInt8(ascii: "x"), count: 1250))
            #expect(kept.first?.originalSize == 10_000)
        }
    }

    @Test func aLetterIsSentAgain() async throws {
        let topic = try TestTopic()
        try await topic.withLog { log in
            let good = String(decoding: ChatEventCodec.encode(event(5, in: "general")), as: UTF8.self)
            let headers = RecordHeaders(correlationID: .random())
            try await log.deadLetters.send(self.letter(good, headers: headers))
            try await log.deadLetters.send(self.letter("poison", 8))
            let kept = try await log.keptDeadLetters.letters(limit: 10)
            let positions = [
                try await log.keptDeadLetters.requeue(kept[0]), try await log.keptDeadLetters.requeue(kept[1]),
            ]
            let partition = CRC32.partition(of: ScopeID(unchecked: "general"), among: topic.partitions)
            #expect(positions.map(\.partition) == [partition, 1])
            let records = try await log.withConsumer { try await $0.read(2) }
            #expect(records.first { $0.number == 5 }?.headers == headers)
            #expect(records.contains { $0.number == nil && $0.position == positions[1] })
        }
    }

    @Test func aLetterGoesUnderItsKeyAndACorrectedOneUnderItsScope() async throws {
        let topic = try TestTopic()
        try await topic.withLog { log in
            try await log.deadLetters.send(self.letter("poison", key: "its-own"))
            let kept = try #require(try await log.keptDeadLetters.letters(limit: 1).first)
            #expect(log.keptDeadLetters.defect(of: kept.letter.value) == "expected an object at byte 0")
            let corrected = ChatEventCodec.encode(event(5, in: "general"))
            #expect(log.keptDeadLetters.defect(of: corrected) == nil)
            let first = try await log.keptDeadLetters.requeue(kept)
            let second = try await log.keptDeadLetters.requeue(kept, value: corrected)
            let records = try await log.withConsumer { try await $0.read(2) }
            #expect(records.first { $0.position == first }?.key == Array("its-own".utf8))
            #expect(records.first { $0.position == second }?.key == Array("general".utf8))
        }
    }

    @Test func lettersOfOneSourceAreOne() async throws {
        try await TestTopic().withLog { log in
            for offset in [1, 2, 1, 1, 3, 2] as [Int64] { try await log.deadLetters.send(self.letter("", offset)) }
            let kept = try await log.keptDeadLetters.letters(limit: 10)
            #expect(kept.map(\.letter.source.offset) == [1, 2, 3])
            let odd = try await log.keptDeadLetters.letters(limit: 1) { $0.letter.source.offset == 3 }
            #expect(odd.map(\.letter.source.offset) == [3])
        }
    }

    @Test func aTopicOfDeadLettersThatIsNotThereIsSaid() async throws {
        let mock = try MockKafka("--brokers", "1")
        let topic = try TestTopic(on: mock)
        try await topic.withLog { log in
            try mock.tell("topic-error \(topic.name)-dlq 3")
            let error = await #expect(throws: ChatError.self) { try await log.keptDeadLetters.letters(limit: 1) }
            #expect(error?.code == .configuration && error?.message == "Kafka topic \(topic.name)-dlq is not there.")
        }
    }

    @Test func aSinkWithoutBrokersFails() async throws {
        let mock = try MockKafka("--brokers", "1")
        try await TestTopic(on: mock).withLog {
            $0.deliveryTimeout = .seconds(1)
        } _: { log in
            try mock.tell("down -1")
            let error = await #expect(throws: ChatError.self) { try await log.deadLetters.send(self.letter("x")) }
            #expect(error?.code == .unavailable)
        }
    }
}
