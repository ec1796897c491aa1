internal import ChatifyCore

extension ReplayWindow {
    /// An unbroken stretch of one partition: what was read last, and where the events of each scope stand in it.
    struct Stretch {
        private struct Entry {
            /// `nil` for a record that holds no event.
            let event: ChatEvent?
            let size: Int
            let readAt: ContinuousClock.Instant
        }

        private var entries = Ring<Entry>()
        private var first: Int64
        /// The offsets of each scope's events, ascending.
        private var places: [ChatScope: Ring<Int64>] = [:]
        /// The offset of the last forgotten event, by the hash of its scope; scopes of one hash share the later one, which errs on the safe side.
        private var forgotten: [Int: Int64] = [:]
        /// From here on it is known which scopes had events that are forgotten.
        private var memory: Int64
        private let maximumForgotten: Int

        /// Begins an empty stretch.
        /// - Parameter maximumForgotten: Of how many scopes it is remembered when they last had an event; some 10 MB by default.
        init(at offset: Int64, maximumForgotten: Int = 262_144) {
            self.first = offset
            self.memory = offset
            self.maximumForgotten = maximumForgotten
        }

        /// The offsets held.
        var offsets: Range<Int64> { self.first..<self.first + Int64(self.entries.count) }

        /// When the oldest record was read; `nil` without any.
        var oldest: ContinuousClock.Instant? { self.entries.first?.readAt }

        /// Whether that very record is held, which a log that delivers it again shows.
        func holds(_ record: ChatRecord) -> Bool {
            guard self.offsets.contains(record.position.offset) else { return false }
            return self.entries[Int(record.position.offset - self.first)].event == record.event
        }

        /// Adds the record behind the last one.
        mutating func append(_ record: ChatRecord, now: ContinuousClock.Instant) {
            let event = record.event
            self.entries.append(Entry(event: event, size: record.approximateSize, readAt: now))
            if let event { self.places[event.scope, default: Ring()].append(record.position.offset) }
        }

        /// Forgets the oldest record, of which there must be one, and returns its size.
        mutating func removeFirst() -> Int {
            let entry = self.entries.removeFirst()
            self.first += 1
            if let scope = entry.event?.scope { self.forgetFirst(of: scope) }
            return entry.size
        }

        private mutating func forgetFirst(of scope: ChatScope) {
            self.forgotten[scope.hashValue] = self.places[scope]?.removeFirst()
            if self.places[scope]?.isEmpty == true { self.places[scope] = nil }
            guard self.forgotten.count > self.maximumForgotten else { return }
            self.forgotten = [:]
            self.memory = self.first
        }

        /// Whether no event of these scopes from `offset` on is forgotten, however much else is.
        func hasAll(of scopes: [ChatScope], from offset: Int64) -> Bool {
            if offset >= self.first { return true }
            guard offset >= self.memory else { return false }
            return scopes.allSatisfy { self.forgotten[$0.hashValue].map { $0 < offset } ?? true }
        }

        /// The offsets of a scope's events within `offsets`; no more are looked for once there are more than `limit`.
        func places(of scope: ChatScope, within offsets: Range<Int64>, limit: Int) -> [Int64] {
            guard let places = self.places[scope] else { return [] }
            var found: [Int64] = []
            var index = places.prefixCount { $0 < offsets.lowerBound }
            while index < places.count, places[index] < offsets.upperBound, found.count <= limit {
                found.append(places[index])
                index += 1
            }
            return found
        }

        func event(at offset: Int64) -> ChatEvent? { self.entries[Int(offset - self.first)].event }
    }
}

extension ChatRecord {
    /// The event, if the record holds one.
    fileprivate var event: ChatEvent? {
        guard case .event(let event) = self.payload else { return nil }
        return event
    }
}
