/// What finding past events may cost.
public struct KafkaReplayLimits: Sendable, Hashable {
    /// The most offsets that are looked through for one client, at least 1; 65 536 by default.
    public var maximumRecords = 65_536
    /// The most bytes of records that are looked through for one client; 32 MiB by default.
    ///
    /// librdkafka may read ahead that much, too, while it is looked.
    public var maximumBytes = 32 * 1024 * 1024
    /// How long one client's events may take, waiting for those of others included; 5 s by default.
    public var time: Duration = .seconds(5)
    /// The most clients whose events are looked for or wait for that, at least 1; 256 by default.
    ///
    /// Beyond it a call fails at once.
    public var maximumPending = 256

    /// The defaults.
    public init() {}
}
