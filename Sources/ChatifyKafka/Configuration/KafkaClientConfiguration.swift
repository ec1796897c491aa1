public import ChatifyCore

/// The settings of a ``KafkaLog`` (contracts §8, `Chatify:MessageBroker`).
public struct KafkaClientConfiguration: Sendable, Hashable {
    /// The brokers to ask first: `host:port`, separated by commas.
    public var bootstrapServers: String
    /// The topic that is the log; `chat-events` by default.
    public var topic = "chat-events"
    /// The topic of the dead letters; `nil`, the default, for the log's name and `-dlq`.
    public var deadLetterTopic: String?
    /// The log's partitions, at least 1, 3 by default.
    ///
    /// A topic that has another number is refused.
    public var partitions: Int32 = 3
    /// The copies of each partition of a topic that is made; `nil`, the default, for as many as the brokers say.
    public var replicationFactor: Int16?
    /// Whether topics that are missing are made at start; true by default.
    public var createsTopics = true
    /// How long a record waits for others to share a request with; 5 ms by default.
    ///
    /// With one send at a time it is most of the latency.
    public var linger: Duration = .milliseconds(5)
    /// How long a send may take, retries included, before it fails; 30 s by default.
    public var deliveryTimeout: Duration = .seconds(30)
    /// The most sends under way at one time, at least 1; 65 536 by default.
    ///
    /// Beyond it a send fails at once.
    public var maximumInFlight = 65_536
    /// The most bytes of sends under way at one time; 64 MiB by default, rounded up to a KiB.
    ///
    /// Beyond it a send fails at once.
    public var maximumInFlightBytes = 64 * 1024 * 1024
    /// The largest record that is written; 1 000 000 bytes by default, as brokers take it.
    public var maximumRecordBytes = 1_000_000
    /// How long reading offsets, committing them and asking for topics may take; 10 s by default.
    public var requestTimeout: Duration = .seconds(10)
    /// How partitions move between the members of a group; eager by default, as members in other languages do.
    public var rebalancing = KafkaRebalancing.eager
    /// How often a consumer that commits by itself does so, and any other tries again what the brokers did not keep; 5 s by default.
    public var commitInterval: Duration = .seconds(5)
    /// The most records that a consumer reads ahead of its reader, at least 1; 8192 by default.
    public var maximumBufferedRecords = 8192
    /// The most bytes that a consumer reads ahead of its reader; 16 MiB by default.
    public var maximumBufferedBytes = 16 * 1024 * 1024
    /// The rules for events that are read.
    public var policy = ChatPolicy()
    /// How often ``KafkaLog/statistics`` are renewed; 5 s by default.
    public var statisticsInterval: Duration = .seconds(5)
    /// How the brokers are talked to in private, and who we are to them.
    public var security = KafkaSecurity()
    /// Further properties of librdkafka by their names; those that the contract fixes are refused.
    public var properties: [String: String] = [:]

    /// Makes the default settings for these brokers.
    public init(bootstrapServers: String) {
        self.bootstrapServers = bootstrapServers
    }

    /// The topic of the dead letters.
    var deadLetters: String { self.deadLetterTopic ?? self.topic + "-dlq" }
}
