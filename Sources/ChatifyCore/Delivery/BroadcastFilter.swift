/// Decides what becomes of a record on its way to live delivery.
struct BroadcastFilter {
    enum Verdict: Equatable {
        case push(EnrichedChatEvent)
        case dropAged(Duration)
        case dropUndecodable(value: [UInt8], reason: String)
    }

    /// Events older than this when delivery began are dropped.
    ///
    /// An event that grows old while delivery runs, because the log was out of reach or a pod's clock is off, is still
    /// pushed: clients are connected that have a right to it.
    let maximumAge: Duration

    func judge(_ record: ChatRecord, startedAt start: Timestamp) -> Verdict {
        switch record.payload {
        case .undecodable(let value, let reason):
            return .dropUndecodable(value: value, reason: reason)
        case .event(let event):
            let age = event.createdAt.duration(to: start)
            guard age <= self.maximumAge else { return .dropAged(age) }
            return .push(EnrichedChatEvent(event: event, position: record.position))
        }
    }
}
