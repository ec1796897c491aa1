public import ChatifyCore
public import Logging

/// The log in Kafka: what many pods share.
///
/// Open it, hand ``producer``, ``deadLetters`` and the consumers to whoever needs them, and ``close(within:)`` it at the end. librdkafka's
/// own threads talk to the brokers; threads of our own take in what it says, so nothing here blocks the caller's.
public final class KafkaLog: Sendable {
    /// Writes events.
    public let producer: KafkaEventProducer
    /// Keeps what can never be stored.
    public let deadLetters: KafkaDeadLetterSink

    let configuration: KafkaClientConfiguration
    let sender: RecordSender
    let logger: Logger

    private init(_ configuration: KafkaClientConfiguration, _ sender: RecordSender, _ logger: Logger) {
        self.configuration = configuration
        self.sender = sender
        self.logger = logger
        self.producer = KafkaEventProducer(
            sender: sender,
            topic: configuration.topic,
            partitions: configuration.partitions
        )
        self.deadLetters = KafkaDeadLetterSink(sender: sender, configuration)
    }

    deinit { self.sender.beginClosing(within: Self.closingTime) }

    /// How long sends under way may take when nobody closed the log.
    private static let closingTime = Duration.seconds(5)

    /// Connects to the brokers, makes the topics if the settings say so, and checks them.
    ///
    /// - Throws: `ChatError` with code `configuration` and one line that names the property or the topic; with code `unavailable`, and what
    ///   librdkafka says of it, if no broker answers within ``KafkaClientConfiguration/requestTimeout``.
    public static func open(
        _ configuration: KafkaClientConfiguration,
        logger: Logger
    ) async throws(ChatError) -> KafkaLog {
        let sender = try await RecordSender.start(
            try configuration.producerProperties(),
            timeout: configuration.deliveryTimeout,
            logger: logger
        )
        let log = KafkaLog(configuration, sender, logger)
        do throws(ChatError) {
            try await log.onThread { client throws(ChatError) in
                try TopicSetup(client: client, configuration: configuration, logger: logger).run()
            }
            return log
        } catch {
            await sender.close(within: .zero)
            guard error.code == .unavailable, let failure = sender.lastFailure else { throw error }
            throw ChatError(.unavailable, "\(error.message.dropLast()): \(failure).", cause: error.cause)
        }
    }

    /// Makes a consumer of `group` and starts it.
    ///
    /// It is a member until it is closed or nobody holds it any more. The brokers keep the group's offsets.
    /// - Parameters:
    ///   - group: The group's name.
    ///   - start: Where the group begins in a partition of which it has committed nothing.
    ///   - commits: Who commits. An automatic consumer commits what it was given before it was asked for more, now and then and when it
    ///     is closed, so after a kill the last seconds may come again.
    ///   - membership: Whether partitions are shared out between the members, or all belong to this one.
    /// - Throws: `ChatError` with code `configuration` if librdkafka does not take a property; with code `unavailable` if a consumer that
    ///   is alone cannot find out where to begin.
    public func makeConsumer(
        group: String,
        startingAt start: LogStart,
        commits: CommitMode,
        membership: KafkaMembership
    ) async throws(ChatError) -> KafkaEventConsumer {
        let role = ConsumerRole(group: group, start: start, commits: commits, membership: membership)
        return try await KafkaEventConsumer.start(role, self.configuration, self.logger)
    }

    /// Makes what finds past events in the log; whoever makes it closes it.
    public func makeReplaySource(_ limits: KafkaReplayLimits = KafkaReplayLimits()) -> KafkaReplaySource {
        KafkaReplaySource(self.configuration, limits, self.logger)
    }

    /// The dead letters that were kept, to look at and to send again.
    public var keptDeadLetters: KafkaDeadLetterQueue { KafkaDeadLetterQueue(log: self) }

    /// What the client that writes last said of itself.
    public var statistics: KafkaStatistics { self.sender.statistics }

    /// Finds out whether the log's topic can be reached.
    /// - Throws: `ChatError` with code `unavailable` or `configuration`, and the reason in words.
    public func check() async throws(ChatError) {
        var configuration = self.configuration
        configuration.createsTopics = false
        try await self.onThread { [configuration, logger] client throws(ChatError) in
            try TopicSetup(client: client, configuration: configuration, logger: logger).run()
        }
    }

    /// Refuses further sends, waits at most so long for those under way, fails the rest and ends the client.
    ///
    /// Idempotent.
    ///
    /// Consumers and replay sources are closed by whoever made them.
    public func close(within time: Duration) async {
        await self.sender.close(within: time)
    }
}

extension KafkaLog {
    /// Runs requests that block on a thread of their own.
    func onThread<Value: Sendable>(
        _ body: @escaping @Sendable (KafkaClient) throws(ChatError) -> Value
    ) async throws(ChatError) -> Value {
        let sender = self.sender
        let result: Result<Value, ChatError> = await withCheckedContinuation { continuation in
            _ = OwnedThread {
                guard let connection = sender.connection else {
                    return continuation.resume(returning: .failure(ChatError(.unavailable, "The log is closed.")))
                }
                do throws(ChatError) {
                    continuation.resume(returning: .success(try body(connection.client)))
                } catch {
                    continuation.resume(returning: .failure(error))
                }
            }
        }
        return try result.get()
    }
}
