import ChatifyCore
import TestSupport
import Testing

@testable import ChatifyKafka

@Suite(.timeLimit(.minutes(5))) struct KafkaEventConsumerTests {
    @Test func aGroupGoesOnBehindWhatItCommitted() async throws {
        try await TestTopic().withLog { log in
            let positions = try await log.produce((0..<10).map { event($0) })
            try await log.withConsumer(group: "g") { consumer in
                #expect(try await consumer.read(10).map(\.number) == Array(0..<10))
                try await consumer.commit([positions[3]])
                // Neither backwards nor beyond what was given.
                try await consumer.commit([positions[1]])
                try await consumer.commit([LogPosition(partition: positions[0].partition, offset: 100)])
            }
            try await log.withConsumer(group: "g") { consumer in
                let numbers = try await consumer.read(6).map(\.number)
                #expect(numbers == Array(4..<10))
            }
        }
    }

    @Test func aNewLiveConsumerBeginsAtTheEndOfThatMoment() async throws {
        try await TestTopic().withLog { log in
            try await log.produce((0..<10).map { event($0, in: "scope-\($0)") })
            try await log.withConsumer(startingAt: .end, commits: .automatic) { consumer in
                try await log.produce((10..<30).map { event($0, in: "scope-\($0)") })
                #expect(Set(try await consumer.read(20).map(\.number)) == Set(10..<30))
            }
        }
    }

    @Test func aConsumerThatIsAloneKnowsWhatItIsGivenNext() async throws {
        try await TestTopic(partitions: 2).withLog { log in
            let own = try #require(log.producer.partition(of: ScopeID(unchecked: "general")))
            let positions = try await log.produce((0..<10).map { event($0) })
            #expect(positions.allSatisfy { $0.partition == own })
            try await log.withConsumer(startingAt: .end) { consumer in
                #expect(consumer.nextOffsets == [own: 10, 1 - own: 0])
            }
            try await log.withConsumer(group: "g") { consumer in
                #expect(consumer.nextOffsets == [own: 0, 1 - own: 0])
                _ = try await consumer.read(4)
                #expect(consumer.nextOffsets[own] == 4)
                try await consumer.commit([positions[3]])
            }
            try await log.withConsumer(group: "g", startingAt: .end) { consumer in
                #expect(consumer.nextOffsets == [own: 4, 1 - own: 0])
            }
        }
    }

    @Test func anAutomaticConsumerCommitsWhatItsReaderIsDoneWith() async throws {
        try await TestTopic().withLog { log in
            try await log.produce((0..<10).map { event($0) })
            try await log.withConsumer(group: "g", commits: .automatic) { consumer in
                let numbers = try await consumer.read(4, limit: 1).map(\.number)
                #expect(numbers == [0, 1, 2, 3])
            }
            // The last batch was not asked beyond, so it comes again.
            try await log.withConsumer(group: "g", commits: .automatic) { consumer in
                let numbers = try await consumer.read(7).map(\.number)
                #expect(numbers == Array(3..<10))
            }
        }
    }

    @Test func anAutomaticConsumerCommitsNowAndThen() async throws {
        try await TestTopic().withLog {
            $0.commitInterval = .milliseconds(100)
        } _: { log in
            try await log.produce((0..<10).map { event($0) })
            try await log.withConsumer(group: "g", commits: .automatic) { consumer in
                _ = try await consumer.read(10)
                let waiting = Task { try await consumer.nextBatch(limit: 1) }
                // Seen by another client, while the first has not been closed.
                let isCommitted = try await eventually {
                    try await log.withConsumer(group: "g", startingAt: .end) { other in
                        try await log.produce([event(99)])
                        return try await other.nextBatch(limit: 100).allSatisfy { $0.number == 99 }
                    }
                }
                #expect(isCommitted)
                _ = try await waiting.value
            }
        }
    }

    @Test func aCancelledReaderLosesNothing() async throws {
        try await TestTopic().withLog { log in
            try await log.withConsumer { consumer in
                let reader = Task { try await consumer.nextBatch(limit: 10) }
                reader.cancel()
                let error = await #expect(throws: ChatError.self) { try await reader.value }
                #expect(error?.code == .cancelled)
                try await log.produce([event(1)])
                #expect(try await consumer.read(1).map(\.number) == [1])
            }
        }
    }

    @Test func closingEndsAWaitingReaderAndCanBeRepeated() async throws {
        try await TestTopic().withLog { log in
            let consumer = try await log.makeConsumer(
                group: "g",
                startingAt: .end,
                commits: .manual,
                membership: .alone
            )
            let reader = Task { try await consumer.nextBatch(limit: 10) }
            await consumer.close()
            await consumer.close()
            let error = await #expect(throws: ChatError.self) { try await reader.value }
            #expect(error?.code == .cancelled)
            let late = await #expect(throws: ChatError.self) { try await consumer.commit([]) }
            #expect(late?.code == .unavailable)
        }
    }

    @Test(arguments: [KafkaMembership.alone, .shared])
    func aSlowReaderPausesFetchingAndThenGetsEverything(membership: KafkaMembership) async throws {
        let topic = try TestTopic(partitions: 1)
        try await topic.withLog {
            $0.maximumBufferedRecords = 100
            $0.linger = .milliseconds(50)
            $0.properties["max.poll.interval.ms"] = "6000"
        } _: { log in
            try await log.produceTogether((0..<3000).map { event($0) })
            try await log.withConsumer(membership: membership) { consumer in
                var numbers = try await consumer.read(1).map(\.number)
                #expect(try await eventually { consumer.bufferedRecords >= 100 })
                // Longer than a group waits for a member that does not poll.
                try await Task.sleep(for: .seconds(membership == .shared ? 8 : 1))
                #expect(consumer.bufferedRecords < 100 + 256)
                #expect(consumer.partitions == [0])
                numbers += try await consumer.read(2999).map(\.number)
                #expect(Set(numbers) == Set(0..<3000) && numbers.count == 3000)
            }
        }
    }

    @Test func howFarBehindAReaderIsCanBeSeen() async throws {
        try await TestTopic(partitions: 1).withLog { log in
            let positions = try await log.produce((0..<50).map { event($0) })
            try await log.withConsumer { consumer in
                _ = try await consumer.read(20)
                try await consumer.commit([positions[9]])
                let isSeen = try await eventually { consumer.lag == [0: 40] }
                #expect(isSeen, "\(consumer.lag)")
            }
        }
    }

    @Test func brokersThatGoAwayAreSaidAndComeBack() async throws {
        let mock = try MockKafka("--brokers", "1")
        try await TestTopic(on: mock).withLog { log in
            try await log.withConsumer { consumer in
                try await log.produce([event(1)])
                _ = try await consumer.read(1)
                try mock.tell("down -1")
                let error = await #expect(throws: ChatError.self) { try await consumer.nextBatch(limit: 1) }
                #expect(error?.code == .unavailable)
                try mock.tell("up -1")
                try await log.produce([event(2)])
                var records: [ChatRecord] = []
                let isBack = try await eventually {
                    do {
                        records = try await consumer.nextBatch(limit: 1)
                        return true
                    } catch {
                        return false
                    }
                }
                #expect(isBack && records.map(\.number) == [2])
            }
        }
    }

    @Test func aCommitThatBrokersRefuseIsSaidAndWorksLater() async throws {
        let mock = try MockKafka("--brokers", "1")
        try await TestTopic(on: mock).withLog { log in
            let positions = try await log.produce((0..<3).map { event($0) })
            try await log.withConsumer(group: "g") { consumer in
                _ = try await consumer.read(3)
                // 30: not allowed. OffsetCommit is request 8.
                try mock.tell("fail 8 30")
                let error = await #expect(throws: ChatError.self) { try await consumer.commit([positions[1]]) }
                #expect(error?.code == .unavailable)
                try await consumer.commit([positions[1]])
            }
            let numbers = try await log.withConsumer(group: "g") { try await $0.read(1).map(\.number) }
            #expect(numbers == [2])
        }
    }

    @Test func aCommitThatFailedIsMadeUpForThoughTheLogIsQuiet() async throws {
        let mock = try MockKafka("--brokers", "1")
        try await TestTopic(on: mock, partitions: 1).withLog {
            $0.commitInterval = .milliseconds(100)
        } _: { log in
            let positions = try await log.produce((0..<3).map { event($0) })
            try await log.withConsumer(group: "g") { consumer in
                _ = try await consumer.read(3)
                try mock.tell("fail 8 30")
                await #expect(throws: ChatError.self) { try await consumer.commit([positions[1]]) }
                // Nothing comes and nobody asks again, and the next member begins behind it nevertheless.
                let isKept = try await eventually {
                    try await log.withConsumer(group: "g") { $0.nextOffsets == [0: 2] }
                }
                #expect(isKept)
            }
        }
    }

    @Test func aConsumerWhoseCommitIsNeverAnsweredCanBeClosed() async throws {
        let mock = try MockKafka("--brokers", "1")
        try await TestTopic(on: mock).withLog {
            $0.requestTimeout = .seconds(2)
            // Longer than this test may take.
            $0.properties["socket.timeout.ms"] = "300000"
        } _: { log in
            let positions = try await log.produce([event(1)])
            try await log.withConsumer(group: "g") { consumer in
                _ = try await consumer.read(1)
                try mock.suspend()
                await #expect(throws: ChatError.self) { try await consumer.commit(positions) }
            }
            mock.resume()
        }
    }

    @Test func brokersThatDoNotKnowANewTopicYetAreAskedAgain() async throws {
        let mock = try MockKafka("--brokers", "1")
        try await TestTopic(on: mock).withLog { log in
            // 3: unknown topic or partition, 6: not its leader. ListOffsets is request 2.
            try mock.tell("fail 2 3 6 3 6 3 6")
            try await log.withConsumer { consumer in
                try await log.produce([event(1)])
                let numbers = try await consumer.read(1).map(\.number)
                #expect(numbers == [1])
            }
        }
    }

    @Test func aConsumerThatFindsNoBrokerIsNotMade() async throws {
        let mock = try MockKafka("--brokers", "1")
        try await TestTopic(on: mock).withLog {
            $0.requestTimeout = .seconds(1)
        } _: { log in
            try mock.tell("down -1")
            let error = await #expect(throws: ChatError.self) { try await log.withConsumer { _ in } }
            #expect(error?.code == .unavailable)
        }
    }
}
