import ChatifyCore
import TestSupport
import Testing

@testable import ChatifyKafka

@Suite(.timeLimit(.minutes(5))) struct KafkaGroupTests {
    @Test(arguments: [KafkaRebalancing.eager, .cooperative].filter(\.isSupported))
    func membersShareThePartitionsAndTakeOverThoseOfOneThatLeaves(rebalancing: KafkaRebalancing) async throws {
        let topic = try TestTopic(partitions: 6)
        try await topic.withLog {
            $0.rebalancing = rebalancing
        } _: { log in
            let consumers = try await Self.makeConsumers(3, log)
            let isShared = try await eventually(.seconds(40)) { consumers.map(\.partitions.count) == [2, 2, 2] }
            #expect(isShared, "\(consumers.map(\.partitions))")
            #expect(Set(consumers.flatMap(\.partitions)) == Set(0..<6))
            await consumers[1].close()
            let isTakenOver = try await eventually(.seconds(40)) {
                consumers[0].partitions.count == 3 && consumers[2].partitions.count == 3
            }
            #expect(isTakenOver, "\(consumers.map(\.partitions))")
            #expect(consumers[1].partitions.isEmpty)
            for consumer in consumers { await consumer.close() }
        }
    }

    @Test func positionsOfPartitionsThatAreGoneAreIgnored() async throws {
        let topic = try TestTopic(partitions: 2)
        try await topic.withLog { log in
            let positions = try await log.produce((0..<40).map { event($0, in: "scope-\($0)") })
            let first = try await Self.makeConsumers(1, log)[0]
            _ = try await first.read(40)
            let second = try await Self.makeConsumers(1, log)[0]
            let isShared = try await eventually(.seconds(40)) {
                first.partitions.count == 1 && second.partitions.count == 1
            }
            #expect(isShared)
            // The second reads its partition from the start, for nothing was committed.
            let gone = try #require(second.partitions.first)
            let count = positions.filter { $0.partition == gone }.count
            let again = try await second.read(count)
            #expect(again.map(\.position) == positions.filter { $0.partition == gone })
            // Done by the second: one record. Then the first comes with all it once had.
            try await second.commit([again[0].position])
            try await first.commit([again[count - 1].position])
            await second.close()
            await first.close()
            let third = try await Self.makeConsumers(1, log)[0]
            let rest = try await third.read(count - 1 + 40 - count)
            #expect(rest.first { $0.position.partition == gone }?.position == again[1].position)
            await third.close()
        }
    }

    @Test func aPartitionThatCameBackIsReadThoughItWasPausedWhenItWent() async throws {
        let topic = try TestTopic(partitions: 2)
        try await topic.withLog {
            $0.maximumBufferedRecords = 10
        } _: { log in
            let positions = try await log.produce((0..<200).map { event($0, in: "scope-\($0)") })
            let first = try await Self.makeConsumers(1, log)[0]
            // Its buffer is full and nobody reads.
            let isPaused = try await eventually(.seconds(40)) { first.isPaused }
            #expect(isPaused)
            let second = try await Self.makeConsumers(1, log)[0]
            let isShared = try await eventually(.seconds(40)) {
                first.partitions.count == 1 && second.partitions.count == 1
            }
            #expect(isShared)
            for consumer in [first, second] {
                let partition = try #require(consumer.partitions.first)
                let all = positions.filter { $0.partition == partition }
                let records = try await consumer.read(all.count)
                #expect(records.map(\.position) == all)
            }
            await first.close()
            await second.close()
        }
    }

    /// Writers come and go while records are produced, every hundredth of them poison, into a store that fails one call in twenty.
    @Test(arguments: [1, 2] as [UInt64])
    func everyRecordIsStoredAndNoCommitIsPastOneThatIsNot(seed: UInt64) async throws {
        let topic = try TestTopic(partitions: 4)
        let (store, sink, lives) = (FaultyStore(seed: seed, failingOneOf: 20), CountingSink(), Recorder<Duration>())
        let count = 3000
        try await topic.withLog {
            $0.linger = .milliseconds(1)
        } _: { log in
            let producing = Task { try await Self.produce(count, log, topic) }
            try await Self.runWriters(log, store, sink, lives, seed: seed) {
                store.stored.count + sink.counts.count == count
            }
            let poison = try await producing.value
            #expect(lives.all.count > 3)
            #expect(Set(store.stored.values) == Set((0..<count).filter { $0 % 100 != 99 }))
            #expect(Set(sink.counts.keys) == Set(poison))
            // Once for each, but for those whose commit a change of members has cut off.
            #expect(sink.counts.values.reduce(0, +) <= poison.count * 2)
            // The commits of the last moment may be cut off too; one more writer makes up for that.
            let ends = try await Self.ends(log, topic)
            try await Self.runWriter(log, store, sink, for: .seconds(40)) {
                try Self.committed(log, topic) == ends
            }
            #expect(try Self.committed(log, topic) == ends)
        }
    }

    private static func makeConsumers(_ count: Int, _ log: KafkaLog) async throws -> [KafkaEventConsumer] {
        var consumers: [KafkaEventConsumer] = []
        for _ in 0..<count {
            consumers.append(
                try await log.makeConsumer(
                    group: Self.group(log),
                    startingAt: .beginning,
                    commits: .manual,
                    membership: .shared
                )
            )
        }
        return consumers
    }

    /// Sends events and poison, and returns where the poison stands.
    private static func produce(_ count: Int, _ log: KafkaLog, _ topic: TestTopic) async throws -> [LogPosition] {
        var poison: [LogPosition] = []
        for number in 0..<count {
            if number % 100 == 99 {
                let record = OutgoingRecord(
                    topic: topic.name,
                    partition: Int32(number / 100) % topic.partitions,
                    key: nil,
                    value: Array("poison".utf8),
                    headers: []
                )
                poison.append(try await log.sender.send(record))
            } else {
                try await log.produce([event(number, in: "scope-\(number % 13)")])
                // Spread out, so that members come and go while there is something to read.
                try await Task.sleep(for: .milliseconds(4))
            }
        }
        return poison
    }

    /// Runs three writers, each of which now and then ends and is followed by a new one, until it is done.
    private static func runWriters(
        _ log: KafkaLog,
        _ store: FaultyStore,
        _ sink: CountingSink,
        _ lives: Recorder<Duration>,
        seed: UInt64,
        until isDone: @escaping @Sendable () throws -> Bool
    ) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for writer in 0..<3 as Range<UInt64> {
                group.addTask {
                    var random = SeededRandom(seed: seed * 10 + writer)
                    while !Task.isCancelled, try !isDone() {
                        let life = Duration.milliseconds(Int.random(in: 9000..<20_000, using: &random))
                        lives.record(life)
                        try await Self.runWriter(log, store, sink, for: life, until: isDone)
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    private static func runWriter(
        _ log: KafkaLog,
        _ store: FaultyStore,
        _ sink: CountingSink,
        for life: Duration,
        until isDone: @escaping @Sendable () throws -> Bool
    ) async throws {
        let base = try await Self.makeConsumers(1, log)[0]
        let consumer = CheckedConsumer(base) { position in
            let (stored, letters) = (store.stored, sink.counts)
            let open = (0...position.offset).map { LogPosition(partition: position.partition, offset: $0) }
                .filter { stored[$0] == nil && letters[$0] == nil }
            #expect(open.isEmpty, "Committed \(position) past \(open.count) unstored records.")
        }
        var configuration = HistoryWriterConfiguration()
        configuration.retry.baseDelay = .milliseconds(1)
        configuration.backoff.initialDelay = .milliseconds(10)
        let writer = HistoryWriter(
            consumer: consumer,
            repository: store,
            deadLetters: sink,
            configuration: configuration,
            logger: CapturingLog().logger
        )
        let running = Task { await writer.run() }
        _ = try await eventually(life) { try isDone() }
        running.cancel()
        await running.value
        await consumer.close()
    }

    /// The offset behind the last record of each partition.
    private static func ends(_ log: KafkaLog, _ topic: TestTopic) async throws -> [Int32: Int64] {
        let partitions = 0..<topic.partitions
        return try await log.onThread { client throws(ChatError) in
            do throws(KafkaError) {
                var ends: [Int32: Int64] = [:]
                for partition in partitions {
                    ends[partition] = try client.offsets(of: topic.name, partition, within: .seconds(5)).upperBound
                }
                return ends
            } catch {
                throw .notRead(error)
            }
        }
    }

    /// What the group has committed, as brokers tell anybody.
    private static func committed(_ log: KafkaLog, _ topic: TestTopic) throws -> [Int32: Int64] {
        let properties = try log.configuration.consumerProperties(
            group: Self.group(log),
            startingAt: .beginning
        )
        let client = try ConsumerClient(properties, topic: topic.name)
        return try client.committed(0..<topic.partitions, within: .seconds(5)).compactMapValues { $0 }
    }

    private static func group(_ log: KafkaLog) -> String { "history-\(log.configuration.topic)" }
}
