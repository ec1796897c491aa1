/// What live delivery has read of the log at once.
public struct BroadcastBatch: Sendable, Hashable {
    /// Everything that was read, in log order within each partition: also events that are too old to be pushed, and records
    /// that hold no event.
    ///
    /// From these a subscriber knows where the reading stands and whether it left something out.
    public var records: [ChatRecord]
    /// The events among them that are to be pushed, in the same order.
    public var events: [EnrichedChatEvent]

    /// Makes a batch of its parts.
    public init(records: [ChatRecord], events: [EnrichedChatEvent]) {
        self.records = records
        self.events = events
    }

    /// Makes a batch of events that are all to be pushed.
    public init(_ events: [EnrichedChatEvent]) {
        self.init(records: events.map { ChatRecord(position: $0.position, payload: .event($0.event)) }, events: events)
    }
}
