internal import ChatifyCore

/// Decides how a client that comes back gets what it missed: waits for the pod, fills in, replays, gives up.
///
/// While it decides, the client is not joined, and new events gather in the pod's window. What the window holds up to where the client's
/// shard stands is pushed, and in the same breath the client is joined: everything behind that is yet to come to the shard. So nothing is
/// pushed twice, and nothing is left out.
struct ScopeResume {
    /// What to do next.
    enum Step: Equatable {
        /// Wait until the shard has been given everything before this offset, then go on; or ``expire()``.
        case wait(until: Int64)
        /// Ask the replay source for these offsets, take what it answers, then go on.
        case fill(Range<Int64>)
        /// Push these events and join, before anything else happens.
        case replay([EnrichedChatEvent])
        /// Join; the gap stays.
        case giveUp
    }

    /// How often the window may have moved on while the source was asked.
    private static let maximumFills = 4

    /// How many offsets are asked for beyond what must be: sources look through so many at least.
    private static let maximumReach: Int64 = 16_384

    private let limit: Int
    /// The first offset that the client is yet to get.
    private var next: Int64
    /// What the source had before that.
    private var past: [EnrichedChatEvent] = []
    private var fills = 0
    private var isHopeless = false

    /// Begins behind the last event that the client has seen.
    /// - Parameter limit: The most events that are replayed.
    init(after offset: Int64, limit: Int) {
        self.next = offset + 1
        self.limit = limit
    }

    /// How many events may yet be found.
    var room: Int { self.limit - self.past.count }

    /// Goes on.
    /// - Parameters:
    ///   - standing: The offset of the record that the client's shard gets next; `nil` if that is not known.
    ///   - find: What the window has at some offsets; asked once at most.
    mutating func proceed(standing: Int64?, find: (Range<Int64>) -> ReplayWindow.Finding) -> Step {
        guard !self.isHopeless else { return .giveUp }
        guard let standing, standing >= self.next else { return .wait(until: self.next) }
        let missing = self.next..<standing
        switch find(missing) {
        case .events(let events) where events.count <= self.room:
            return .replay(self.past + events)
        case .begins(let first) where first > missing.lowerBound && self.fills < Self.maximumFills:
            // Up to the window at first. If it has forgotten that much while the source was asked, it will forget about as much again.
            let margin = Int64(self.fills) * 4 * (first - missing.lowerBound)
            self.fills += 1
            let reach = max(first, min(first + margin, missing.lowerBound + Self.maximumReach))
            return .fill(missing.lowerBound..<min(reach, missing.upperBound))
        case .events, .begins, .tooMany:
            return .giveUp
        }
    }

    /// Takes what the source has at the offsets it was asked for; `nil` if it has not all of it.
    mutating func fill(_ offsets: Range<Int64>, with events: [EnrichedChatEvent]?) {
        guard let events, events.count <= self.room else { return self.expire() }
        self.past += events
        self.next = offsets.upperBound
    }

    /// Takes note that waiting, or asking, has come to nothing.
    mutating func expire() { self.isHopeless = true }
}
