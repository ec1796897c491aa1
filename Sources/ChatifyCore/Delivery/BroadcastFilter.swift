/// Decides what becomes of a record on its way to live delivery.
struct BroadcastFilter {
    enum Verdict: Equatable {
        case push(EnrichedChatEvent)
        case dropAged(Duration)
        case dropUndecodable(value: [UInt8], reason: String)
    }

    /// Events older than this are dropped.
    let maximumAge: Duration

    func judge(_ record: ChatRecord, now: Timestamp) -> Verdict {
        switch record.payload {
        case .undecodable(let value, let reason):
            return .dropUndecodable(value: value, reason: reason)
        case .event(let event):
            let age = event.createdAt.duration(to: now)
            guard age <= self.maximumAge else { return .dropAged(age) }
            return .push(EnrichedChatEvent(event: event, position: record.position))
        }
    }
}
