internal import ChatifyCore

/// Gathers the events that are looked for while a partition is read in order, and knows when it has them all.
///
/// An offset may hold no record, for markers of transactions have offsets too. So it is not the count that proves a stretch whole, but that
/// the reading came to its end.
struct ReplayFill {
    /// Where a fill stands.
    enum Step: Equatable {
        case more
        case whole([EnrichedChatEvent])
        /// There is too much, or the log ends too early.
        case notWhole
    }

    private let request: ReplayRequest
    private let maximumBytes: Int
    private var events: [EnrichedChatEvent] = []
    private var bytes = 0

    init(_ request: ReplayRequest, maximumBytes: Int) {
        self.request = request
        self.maximumBytes = maximumBytes
    }

    /// Takes the next record that was read.
    mutating func take(_ record: ChatRecord, size: Int) -> Step {
        let position = record.position
        guard position.partition == self.request.partition, position.offset >= self.request.offsets.lowerBound else {
            return .more
        }
        guard position.offset < self.request.offsets.upperBound else { return .whole(self.events) }
        self.bytes += size
        if case .event(let event) = record.payload, self.request.scopes.contains(event.scope) {
            self.events.append(EnrichedChatEvent(event: event, position: position))
        }
        guard self.bytes <= self.maximumBytes, self.events.count <= self.request.limit else { return .notWhole }
        return position.offset + 1 == self.request.offsets.upperBound ? .whole(self.events) : .more
    }

    /// Takes note that the log has nothing from that position on.
    func end(at position: LogPosition) -> Step {
        guard position.partition == self.request.partition else { return .more }
        return position.offset >= self.request.offsets.upperBound ? .whole(self.events) : .notWhole
    }
}
