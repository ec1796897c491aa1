internal import ChatifyCore

/// A part of a partition as it was read, from one offset up to another, by scope.
///
/// An offset may hold no record, for markers of transactions have offsets too. So it is not the count that proves a stretch whole, but that
/// the reading came from its first offset to its end.
struct ReplayStretch {
    /// What a record is here; also one that holds no event takes its place.
    private struct Entry {
        let offset: Int64
        let size: Int
        let scope: ChatScope?
    }

    /// The offsets that were read.
    private(set) var offsets: Range<Int64>
    /// The bytes of all records.
    private(set) var bytes = 0
    private var entries = Ring<Entry>()
    /// The events of each scope, ascending.
    private var events: [ChatScope: Ring<EnrichedChatEvent>] = [:]

    /// Begins an empty stretch.
    init(at offset: Int64) { self.offsets = offset..<offset }

    /// Whether reading on from the end would leave nothing out for who wants these offsets.
    func leads(to offsets: Range<Int64>) -> Bool {
        self.offsets.lowerBound <= offsets.lowerBound && offsets.lowerBound <= self.offsets.upperBound
    }

    /// Adds the record that was read next; one that was read already is passed over.
    mutating func append(_ record: ChatRecord, size: Int) {
        let position = record.position
        guard position.offset >= self.offsets.upperBound else { return }
        var scope: ChatScope?
        if case .event(let event) = record.payload {
            scope = event.scope
            self.events[event.scope, default: Ring()].append(EnrichedChatEvent(event: event, position: position))
        }
        self.entries.append(Entry(offset: position.offset, size: size, scope: scope))
        self.bytes += size
        self.end(at: position.offset + 1)
    }

    /// Takes note that there is nothing up to that offset.
    mutating func end(at offset: Int64) {
        self.offsets = self.offsets.lowerBound..<max(self.offsets.upperBound, offset)
    }

    /// Forgets the first records, until what is left is no more than so many bytes.
    mutating func shrink(to maximumBytes: Int) {
        while self.bytes > maximumBytes, let entry = self.entries.first {
            self.entries.removeFirst()
            self.bytes -= entry.size
            self.offsets = entry.offset + 1..<self.offsets.upperBound
            guard let scope = entry.scope else { continue }
            self.events[scope]?.removeFirst()
            if self.events[scope]?.isEmpty == true { self.events[scope] = nil }
        }
    }

    /// The events of `scopes` at these offsets, all of which were read, oldest first; `nil` if there are more than `limit`.
    func events(in scopes: [ChatScope], at offsets: Range<Int64>, limit: Int) -> [EnrichedChatEvent]? {
        var found: [EnrichedChatEvent] = []
        for scope in scopes {
            guard let events = self.events[scope] else { continue }
            var index = events.prefixCount { $0.position.offset < offsets.lowerBound }
            while index < events.count, events[index].position.offset < offsets.upperBound {
                guard found.count < limit else { return nil }
                found.append(events[index])
                index += 1
            }
        }
        return scopes.count > 1 ? found.sorted { $0.position.offset < $1.position.offset } : found
    }
}
