import ChatifyCore
import TestSupport
import Testing

@testable import ChatifyKafka

@Suite(.timeLimit(.minutes(5))) struct BadRecordTests {
    /// Values that are no events, and a word of the reason.
    @Test(
        arguments: [
            ("", "no value"),
            ("not json", "byte 0"),
            ("{\"messageId\":1}", "byte"),
            ("{}", "messageId is missing"),
            ("[1,2]", "byte 0"),
            (String(repeating: "x", count: 900_000), "byte 0"),
        ]
    )
    func whatIsNoEventComesWithTheReason(value: String, expected: String) async throws {
        let topic = try TestTopic(partitions: 1)
        try await topic.withLog { log in
            let value = Array(value.utf8)
            _ = try await log.sender.send(
                OutgoingRecord(topic: topic.name, partition: nil, key: nil, value: value, headers: [])
            )
            try await log.produce([event(1)])
            let records = try await log.withConsumer { try await $0.read(2) }
            guard case .undecodable(let read, let reason) = records[0].payload else {
                Issue.record("An event was made of it.")
                return
            }
            #expect(read == value && reason.contains(expected), "\(reason)")
            #expect(records[1].number == 1)
        }
    }

    @Test func timeStampsAreTakenAsTheyAre() async throws {
        try await TestTopic(partitions: 1).withLog { log in
            var (past, future) = (event(1), event(2))
            past.createdAt = Timestamp(millisecondsSinceEpoch: -62_135_596_800_000)
            future.createdAt = Timestamp(millisecondsSinceEpoch: 253_402_300_799_999)
            try await log.produce([past, future, past])
            let payloads = try await log.withConsumer { try await $0.read(3) }.map(\.payload)
            #expect(payloads == [.event(past), .event(future), .event(past)])
        }
    }

    @Test func whatKcatWritesIsDeliveredAndWhatWeWriteKcatReads() async throws {
        let topic = try TestTopic()
        try await topic.withLog { log in
            let id = CorrelationID.random()
            let theirs = event(1, in: "general")
            let json = String(decoding: ChatEventCodec.encode(theirs), as: UTF8.self)
            let headers = ["correlation-id=\(id)", "other=thing"]
            try Kcat.produce(json, key: "general", headers: headers, to: topic)
            try Kcat.produce("poison", key: nil, to: topic)
            let ours = try await log.producer.produce(
                event(2, in: "general"),
                headers: RecordHeaders(correlationID: id, traceparent: "00-1-2-01")
            )
            let records = try await log.withConsumer { try await $0.read(3) }
            let first = try #require(records.first { $0.number == 1 })
            #expect(first.payload == .event(theirs) && first.headers == RecordHeaders(correlationID: id))
            // librdkafka's partitioner in another program puts the scope where ours does.
            #expect(first.position.partition == ours.partition)
            #expect(
                records.contains {
                    $0.payload == .undecodable(value: Array("poison".utf8), reason: "expected an object at byte 0")
                }
            )
            let lines = try Kcat.consume(topic.name, of: topic, format: "%p %o %k %h %s\n")
            let body = String(decoding: ChatEventCodec.encode(event(2, in: "general")), as: UTF8.self)
            #expect(
                lines.contains(
                    "\(ours.partition) \(ours.offset) general correlation-id=\(id),traceparent=00-1-2-01 \(body)"
                )
            )
        }
    }
}
