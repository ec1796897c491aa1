import ChatifyCore
import TestSupport
import Testing

@testable import ChatifyKafka

@Suite(.timeLimit(.minutes(5))) struct KafkaEventProducerTests {
    @Test func whatWasSentComesBackInOrderWithItsHeaders() async throws {
        try await TestTopic().withLog { log in
            let headers = RecordHeaders(
                correlationID: .random(),
                traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
            )
            var positions: [LogPosition] = []
            for number in 0..<20 {
                positions.append(try await log.producer.produce(event(number), headers: headers))
            }
            #expect(positions.map(\.offset) == (0..<20).map(Int64.init))
            let records = try await log.withConsumer { try await $0.read(20) }
            #expect(records.map(\.position) == positions)
            #expect(records.map(\.payload) == (0..<20).map { .event(event($0)) })
            #expect(records.allSatisfy { $0.headers == headers })
        }
    }

    @Test func aScopeGoesToThePartitionOfItsChecksum() async throws {
        let topic = try TestTopic(partitions: 7)
        let scopes = ["general", "alice-bob", "ünïcödé", "日本", "\u{0}", "a", String(repeating: "x", count: 256)]
        try await topic.withLog { log in
            for scope in scopes {
                let position = try await log.producer.produce(event(1, in: scope), headers: RecordHeaders())
                #expect(position.partition == CRC32.partition(of: ScopeID(unchecked: scope), among: 7))
            }
        }
    }

    @Test func manySendersKeepTheOrderOfEachScope() async throws {
        try await TestTopic().withLog { log in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for sender in 0..<16 {
                    group.addTask {
                        try await log.produce((0..<50).map { event(sender * 1000 + $0, in: "scope-\(sender)") })
                    }
                }
                try await group.waitForAll()
            }
            let numbers = try await log.withConsumer { try await $0.read(800) }.compactMap(\.number)
            for sender in 0..<16 {
                #expect(numbers.filter { $0 / 1000 == sender } == (0..<50).map { sender * 1000 + $0 })
            }
        }
    }

    @Test func aFullQueueRefusesAtOnce() async throws {
        let mock = try MockKafka("--brokers", "1")
        try await TestTopic(on: mock).withLog {
            $0.maximumInFlight = 10
            $0.deliveryTimeout = .seconds(60)
        } _: { log in
            _ = try await log.producer.produce(event(0), headers: RecordHeaders())
            try mock.tell("down -1")
            let outcomes = Recorder<ChatError?>()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 1...30 {
                    group.addTask {
                        do throws(ChatError) {
                            _ = try await log.producer.produce(event(number), headers: RecordHeaders())
                            outcomes.record(nil)
                        } catch {
                            outcomes.record(error)
                        }
                    }
                }
                // Those beyond the bound are answered while nothing else can be.
                let refused = await outcomes.wait(forCount: 20)
                #expect(refused.allSatisfy { $0?.code == .eventProductionFailed })
                #expect(refused.allSatisfy { $0?.message == "The log's queue is full; try again later." })
                try mock.tell("up -1")
                try await group.waitForAll()
            }
            #expect(outcomes.all.count == 30 && outcomes.all.filter { $0 == nil }.count == 10)
        }
    }

    @Test func aMessageThatIsTooLargeIsRefused() async throws {
        try await TestTopic().withLog {
            $0.maximumRecordBytes = 2000
        } _: { log in
            let large = event(1, text: String(repeating: "x", count: 3000))
            let error = await #expect(throws: ChatError.self) {
                try await log.producer.produce(large, headers: RecordHeaders())
            }
            #expect(error?.code == .eventProductionFailed && error?.message == "The message is too large for the log.")
        }
    }

    @Test func aCancelledSendEnds() async throws {
        let mock = try MockKafka("--brokers", "1")
        try await TestTopic(on: mock).withLog { log in
            try mock.tell("down -1")
            let send = Task { try await log.producer.produce(event(1), headers: RecordHeaders()) }
            #expect(try await eventually { log.sender.waiting == 1 })
            send.cancel()
            await #expect(throws: ChatError.self) { try await send.value }
            #expect(log.sender.waiting == 0)
            let early = Task {
                withUnsafeCurrentTask { $0?.cancel() }
                return try await log.producer.produce(event(1), headers: RecordHeaders())
            }
            let error = await #expect(throws: ChatError.self) { try await early.value }
            #expect(error?.code == .cancelled)
        }
    }

    @Test func closingSendsWhatItCanAndFailsTheRest() async throws {
        let topic = try TestTopic()
        try await topic.withLog {
            $0.linger = .milliseconds(200)
        } _: { log in
            let sends = Task { try await log.produceTogether((0..<100).map { event($0) }) }
            #expect(try await eventually { log.sender.waiting == 100 })
            await log.close(within: .seconds(10))
            try await sends.value
            let error = await #expect(throws: ChatError.self) { try await log.produce([event(1)]) }
            #expect(error?.code == .eventProductionFailed)
        }
    }

    @Test func closingDoesNotWaitForBrokersThatAreGone() async throws {
        let mock = try MockKafka("--brokers", "1")
        try await TestTopic(on: mock).withLog { log in
            try mock.tell("down -1")
            let outcomes = Recorder<ChatError?>()
            let sends = (0..<50).map { number in
                Task {
                    do throws(ChatError) {
                        _ = try await log.producer.produce(event(number), headers: RecordHeaders())
                        outcomes.record(nil)
                    } catch {
                        outcomes.record(error)
                    }
                }
            }
            #expect(try await eventually { log.sender.waiting == 50 })
            let begin = ContinuousClock.now
            await log.close(within: .milliseconds(200))
            #expect(begin.duration(to: .now) < .seconds(5))
            for send in sends { await send.value }
            #expect(outcomes.all.count == 50 && outcomes.all.allSatisfy { $0?.code == .eventProductionFailed })
        }
    }

    @Test func aClientThatFailsForGoodIsReplaced() async throws {
        let captured = CapturingLog()
        try await TestTopic().withLog(log: captured) { log in
            try await log.produce([event(1)])
            try #require(log.sender.connection).client.failForGood()
            #expect(
                try await eventually {
                    do {
                        try await log.produce([event(2)])
                        return true
                    } catch {
                        return false
                    }
                }
            )
            let numbers = try await log.withConsumer { try await $0.read(2) }.map(\.number)
            #expect(numbers == [1, 2])
        }
        #expect(
            captured.notices.contains { $0.message == "Made a new Kafka client after the last one failed for good" }
        )
    }

    @Test func sendsFailWithinTheTimeOutWhileBrokersAreGoneAndNoneIsAnsweredFalsely() async throws {
        let mock = try MockKafka()
        let topic = try TestTopic(on: mock)
        try await topic.withLog {
            $0.deliveryTimeout = .seconds(3)
        } _: { log in
            try await log.produce([event(0)])
            let answered = Recorder<Int>()
            let slowest = Locked(Duration.zero)
            let sender = Task {
                for number in 1..<100_000 where !Task.isCancelled {
                    let begin = ContinuousClock.now
                    do {
                        try await log.produce([event(number, in: "scope-\(number % 5)")])
                        answered.record(number)
                    } catch {}
                    slowest.withLock { $0 = max($0, begin.duration(to: .now)) }
                }
            }
            await answered.wait(forCount: 20)
            try mock.tell("down -1")
            try await Task.sleep(for: .seconds(7))
            try mock.tell("up -1")
            let count = answered.all.count
            await answered.wait(forCount: count + 20)
            sender.cancel()
            await sender.value
            #expect(slowest.withLock { $0 } < .seconds(4))
            let kept = answered.all
            let expected = kept.count + 1
            let read = try await log.withConsumer { consumer in
                var numbers = Set<Int>()
                while !numbers.isSuperset(of: kept) {
                    numbers.formUnion(try await consumer.nextBatch(limit: 1000).compactMap(\.number))
                }
                return numbers
            }
            #expect(read.count >= expected - 1)
        }
    }

    @Test func aClusterThatHangsFailsSendsWithinTheTimeOut() async throws {
        let mock = try MockKafka("--brokers", "1")
        try await TestTopic(on: mock).withLog {
            $0.deliveryTimeout = .seconds(2)
        } _: { log in
            try await log.produce([event(0)])
            try mock.suspend()
            let begin = ContinuousClock.now
            let error = await #expect(throws: ChatError.self) { try await log.produce([event(1)]) }
            #expect(begin.duration(to: .now) < .seconds(5))
            #expect(error?.message == "The log did not acknowledge in time; the message may or may not be in it.")
            mock.resume()
            #expect(
                try await eventually {
                    do {
                        try await log.produce([event(2)])
                        return true
                    } catch {
                        return false
                    }
                }
            )
        }
    }

    @Test(arguments: [6, 7, 19, 20]) func errorsThatPassAreRepeatedAndStoredOnce(code: Int) async throws {
        let mock = try MockKafka("--brokers", "1")
        try await TestTopic(on: mock).withLog { log in
            try mock.tell("fail 0 \(code) \(code) \(code)")
            let position = try await log.produce([event(1)])
            #expect(position.map(\.offset) == [0])
            #expect(try await log.produce([event(2)]).map(\.offset) == [1])
        }
    }
}
