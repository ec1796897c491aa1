/// What a client says of itself now and then.
public struct KafkaStatistics: Sendable, Hashable {
    /// The records that wait to be sent or acknowledged.
    public var outboundRecords = 0
    /// The bytes of those records.
    public var outboundBytes = 0
    /// The brokers that the client knows.
    public var brokers: [KafkaBrokerStatistics] = []

    /// Nothing is known yet.
    public init() {}
}

/// What a client says of one broker.
public struct KafkaBrokerStatistics: Sendable, Hashable {
    /// The broker's number.
    public var id: Int
    /// Whether it can be talked to.
    public var isUp: Bool
    /// Whether there is no connection because none is needed.
    public var isIdle: Bool
    /// How long an answer took on average; `nil` if there was none lately.
    public var averageRoundTrip: Duration?
    /// How long 99 of 100 answers took at most; `nil` if there was none lately.
    public var slowRoundTrip: Duration?

    /// Makes the statistics of a broker of their parts.
    public init(
        id: Int,
        isUp: Bool,
        isIdle: Bool = false,
        averageRoundTrip: Duration? = nil,
        slowRoundTrip: Duration? = nil
    ) {
        self.id = id
        self.isUp = isUp
        self.isIdle = isIdle
        self.averageRoundTrip = averageRoundTrip
        self.slowRoundTrip = slowRoundTrip
    }
}
