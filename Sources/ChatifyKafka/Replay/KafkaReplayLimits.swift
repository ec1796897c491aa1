/// What finding past events may cost.
public struct KafkaReplayLimits: Sendable, Hashable {
    /// The most offsets that are looked through for one client, at least 1; 65 536 by default.
    public var maximumRecords = 65_536
    /// The most bytes of records that are looked through for one client, and kept for others who come soon; 32 MiB by default.
    ///
    /// librdkafka may read ahead that much, too, while it is looked.
    public var maximumBytes = 32 * 1024 * 1024
    /// How long one client's events may take, waiting for those of others included; 5 s by default.
    public var time: Duration = .seconds(5)
    /// The most clients whose events are looked for or wait for that, at least 1; 100 000 by default, as many as may
    /// be connected to a server when a pod beside it dies.
    ///
    /// Who waits costs some hundred bytes. Beyond it a call fails at once.
    public var maximumPending = 100_000
    /// The events found that their clients have not taken yet, above which no more are looked for; not for others to set.
    var maximumUntaken = 200_000
    /// How long the client is left alone, and what was read is kept, while there is nothing to find; not for others to set.
    var restTime: Duration = .seconds(1)

    /// The defaults.
    public init() {}
}
