/// Receives what the log holds, for live delivery on this pod.
public protocol ChatEventSubscriber: Sendable {
    /// Takes a batch of events, in log order within each partition.
    ///
    /// The next batch comes only after this returns, so a subscriber that is behind slows the reading of the log and
    /// nothing else. Must not wait for clients: a client that cannot keep up is the subscriber's to shed.
    func receive(_ events: [EnrichedChatEvent]) async

    /// Takes a batch together with what else was read; what a ``BroadcastService`` calls.
    ///
    /// By default hands the events on to `receive(_ events:)`, if there are any.
    func receive(_ batch: BroadcastBatch) async

    /// Learns where the reading begins, before the first batch.
    ///
    /// Does nothing by default.
    /// - Parameter offsets: Per partition the offset of the record that comes next; partitions of which that is not known are left out.
    func begin(at offsets: [Int32: Int64]) async
}

extension ChatEventSubscriber {
    /// Hands the events on, if there are any.
    public func receive(_ batch: BroadcastBatch) async {
        if !batch.events.isEmpty { await self.receive(batch.events) }
    }

    /// Does nothing.
    public func begin(at offsets: [Int32: Int64]) async {}
}
