/// Receives what the log holds, for live delivery on this pod.
public protocol ChatEventSubscriber: Sendable {
    /// Takes a batch of events, in log order within each partition.
    ///
    /// The next batch comes only after this returns, so a subscriber that is behind slows the reading of the log and
    /// nothing else. Must not wait for clients: a client that cannot keep up is the subscriber's to shed.
    func receive(_ events: [EnrichedChatEvent]) async
}
