internal import ChatifyCore
internal import ChatifyKafka
internal import Foundation
internal import TestSupport

/// A topic for one test, on the cluster that `CHATIFY_TEST_KAFKA` names, else on a mock cluster that all tests share.
struct TestTopic {
    let name = "chat-\(UUID().uuidString.lowercased())"
    let bootstrapServers: String
    let partitions: Int32

    private static let realServers = ProcessInfo.processInfo.environment["CHATIFY_TEST_KAFKA"]
    private static let sharedMock = Result { try MockKafka() }

    /// Makes a topic on the cluster of all tests.
    init(partitions: Int32 = 3) throws {
        // On a real cluster the log makes it when it is opened.
        if let servers = Self.realServers {
            self.init(bootstrapServers: servers, partitions: partitions)
        } else {
            try self.init(on: try Self.sharedMock.get(), partitions: partitions)
        }
    }

    /// Makes a topic on a mock cluster that the test may do harm to.
    init(on mock: MockKafka, partitions: Int32 = 3) throws {
        self.init(bootstrapServers: mock.bootstrapServers, partitions: partitions)
        try mock.tell("topic \(self.name) \(partitions)")
        try mock.tell("topic \(self.name)-dlq 1")
    }

    private init(bootstrapServers: String, partitions: Int32) {
        self.bootstrapServers = bootstrapServers
        self.partitions = partitions
    }

    var configuration: KafkaClientConfiguration {
        var configuration = KafkaClientConfiguration(bootstrapServers: self.bootstrapServers)
        configuration.topic = self.name
        configuration.partitions = self.partitions
        configuration.replicationFactor = 1
        configuration.createsTopics = Self.realServers != nil
        configuration.properties = ["session.timeout.ms": "6000", "heartbeat.interval.ms": "500"]
        return configuration
    }

    /// Opens the log, runs the test with it, and closes it whatever happens.
    func withLog<Value>(
        log: CapturingLog = CapturingLog(),
        _ change: (inout KafkaClientConfiguration) -> Void = { _ in },
        _ body: (KafkaLog) async throws -> Value
    ) async throws -> Value {
        var configuration = self.configuration
        change(&configuration)
        let kafka = try await KafkaLog.open(configuration, logger: log.logger)
        do {
            let value = try await body(kafka)
            await kafka.close(within: .seconds(5))
            return value
        } catch {
            await kafka.close(within: .zero)
            throw error
        }
    }
}

extension KafkaLog {
    /// Makes a consumer, runs the test with it, and closes it whatever happens.
    func withConsumer<Value>(
        group: String = "group-\(UUID().uuidString)",
        startingAt start: LogStart = .beginning,
        commits: CommitMode = .manual,
        membership: KafkaMembership = .alone,
        _ body: (KafkaEventConsumer) async throws -> Value
    ) async throws -> Value {
        let consumer = try await self.makeConsumer(
            group: group,
            startingAt: start,
            commits: commits,
            membership: membership
        )
        do {
            let value = try await body(consumer)
            await consumer.close()
            return value
        } catch {
            await consumer.close()
            throw error
        }
    }

    /// Sends events one after the other.
    @discardableResult
    func produce(_ events: [ChatEvent]) async throws -> [LogPosition] {
        var positions: [LogPosition] = []
        for event in events { positions.append(try await self.producer.produce(event, headers: RecordHeaders())) }
        return positions
    }

    /// Sends events many at a time, in no order.
    func produceTogether(_ events: [ChatEvent]) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for event in events {
                group.addTask { _ = try await self.producer.produce(event, headers: RecordHeaders()) }
            }
            try await group.waitForAll()
        }
    }
}

extension KafkaEventConsumer {
    /// Reads until there are that many records.
    func read(_ count: Int, limit: Int = 100) async throws -> [ChatRecord] {
        var records: [ChatRecord] = []
        while records.count < count { records += try await self.nextBatch(limit: min(limit, count - records.count)) }
        return records
    }
}

/// The event of that number: different numbers, different ids.
func event(_ number: Int, in scope: String = "general", text: String = "Hello") -> ChatEvent {
    ChatEvent(
        messageID: MessageID(high: 0x7000, low: 0x8000_0000_0000_0000 | UInt64(number)),
        scope: .channel(ScopeID(unchecked: scope)),
        senderID: UserID(unchecked: "alice"),
        text: text,
        createdAt: Timestamp(millisecondsSinceEpoch: 1_768_473_000_000 + Int64(number)),
        originPodID: PodID(unchecked: "pod-1")
    )
}

extension ChatEvent {
    var number: Int { Int(self.messageID.low & 0x7FFF_FFFF_FFFF_FFFF) }
}

extension ChatRecord {
    /// The number of the event it holds.
    var number: Int? {
        guard case .event(let event) = self.payload else { return nil }
        return event.number
    }
}

/// Ends a test that waits for what does not come.
func within<Value: Sendable>(
    _ time: Duration,
    _ body: @escaping @Sendable () async throws -> Value
) async throws -> Value {
    try await withThrowingTaskGroup(of: Value.self) { group in
        group.addTask { try await body() }
        group.addTask {
            try await Task.sleep(for: time)
            throw TimeIsOver(time: time)
        }
        defer { group.cancelAll() }
        guard let value = try await group.next() else { throw TimeIsOver(time: time) }
        return value
    }
}

struct TimeIsOver: Error {
    let time: Duration
}

/// Asks again and again, with short pauses, until it is so or the time is over.
func eventually(_ time: Duration = .seconds(20), _ condition: () async throws -> Bool) async throws -> Bool {
    let deadline = ContinuousClock.now.advanced(by: time)
    while ContinuousClock.now < deadline {
        if try await condition() { return true }
        try await Task.sleep(for: .milliseconds(20))
    }
    return try await condition()
}
