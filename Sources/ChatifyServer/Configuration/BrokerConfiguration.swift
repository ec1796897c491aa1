/// How a server reaches the log that many pods share (contracts §8, `Chatify:MessageBroker`).
public struct BrokerConfiguration: Sendable, Hashable {
    /// The brokers to ask first, `host:port` separated by commas; `nil`, the default, for the log on disk.
    public var bootstrapServers: String?
    /// The topic that is the log.
    public var topic = "chat-events"
    /// The copies of each partition of a topic that is made; `nil`, the default, for as many as the brokers say.
    public var replicationFactor: Int16?
    /// Whether topics that are missing are made at start; true by default.
    public var createsTopics = true
    /// How long a record waits for others to share a request with; 5 ms by default.
    public var linger: Duration = .milliseconds(5)
    /// How long a send may take, retries included, before it fails; 30 s by default.
    public var deliveryTimeout: Duration = .seconds(30)
    /// The bytes of the log that are read again for clients that resume, and kept while more of them come; 32 MiB by default.
    public var replayBytes = 33_554_432
    /// The security settings by their names in lower case, such as `mechanism`.
    public var security: [String: String] = [:]
    /// Further properties of librdkafka by their names.
    public var properties: [String: String] = [:]

    /// The defaults of contracts §8.
    public init() {}
}
