internal import ChatifyCore
internal import ChatifySQLite

/// What a store was handed and what it has acknowledged: what a test may hold it to, whatever happens to the disk.
struct Ledger: Sendable {
    /// A send that was acknowledged.
    struct Entry: Sendable {
        let event: ChatEvent
        let position: LogPosition
        /// The changes of the disk that had happened by then.
        let changes: Int
    }

    var attempted: Set<ChatEvent> = []
    var sent: [Entry] = []
    /// Messages that the history has acknowledged, without a place in the log.
    var kept: [(event: ChatEvent, changes: Int)] = []
    /// Offsets that the group has acknowledged.
    var committed: [(position: LogPosition, changes: Int)] = []

    static let group = "readers"
    /// Names of scopes, the first of partition 0 of 3, the second of 1, the third of 2.
    static let scopes = ["general", "alice-bob", "random"]
    /// A scope that messages are only kept in, without a log.
    static let keptScope = "kept"

    /// What was acknowledged before so many changes of the disk.
    func first(_ changes: Int) -> Ledger {
        var ledger = self
        ledger.sent.removeAll { $0.changes > changes }
        ledger.kept.removeAll { $0.changes > changes }
        ledger.committed.removeAll { $0.changes > changes }
        return ledger
    }
}

extension Ledger {
    /// Compares with what a store holds, after it has taken one message more for each partition.
    /// - Returns: The promises it has broken, in words.
    mutating func brokenPromises(of store: SQLiteStore) async throws -> [String] {
        var broken = self.brokenOffsets(store.log.committedOffsets(of: Self.group))
        var markers: Set<ChatEvent> = []
        let sent = self.sent
        for scope in Self.scopes {
            let marker = try event(.random(in: 1 << 40..<1 << 60), in: scope)
            let position = try await store.log.produce(marker, headers: RecordHeaders())
            let last = sent.filter { $0.position.partition == position.partition }.map(\.position.offset).max()
            if let last, position.offset <= last { broken.append("offset \(position) was given out before") }
            markers.insert(marker)
            self.attempted.insert(marker)
            self.sent.append(Entry(event: marker, position: position, changes: 0))
        }
        let records = try await store.wholeLog(until: markers)
        broken += self.brokenRecords(records)
        for scope in Self.scopes + [Self.keptScope] {
            let messages = try await store.wholeHistory(of: .channel(try ScopeID(scope)))
            broken += self.brokenHistory(messages.map(\.event), records, scope)
        }
        return broken
    }

    private func brokenOffsets(_ offsets: [Int64]?) -> [String] {
        self.committed.compactMap { position, _ in
            let offset = offsets?[Int(position.partition)] ?? 0
            return offset > position.offset ? nil : "committed \(position) went back to \(offset)"
        }
    }

    private func brokenRecords(_ records: [ChatRecord]) -> [String] {
        var broken: [String] = []
        for partition in 0..<3 as Range<Int32> {
            let offsets = records.filter { $0.position.partition == partition }.map(\.position.offset)
            if offsets != Array(0..<Int64(offsets.count)) { broken.append("partition \(partition) has \(offsets)") }
        }
        let events = Dictionary(records.map { ($0.position, $0.payload) }) { first, _ in first }
        for entry in self.sent where events[entry.position] != .event(entry.event) {
            broken.append("the log lost \(entry.position)")
        }
        for case .event(let event) in events.values where !self.attempted.contains(event) {
            broken.append("the log made up \(event)")
        }
        return broken
    }

    private func brokenHistory(
        _ history: [ChatEvent],
        _ records: [ChatRecord],
        _ scope: String
    ) -> [String] {
        var broken: [String] = []
        let events = Set(history)
        if events.count != history.count { broken.append("\(scope) has a message twice") }
        if !events.isSubset(of: self.attempted) { broken.append("\(scope) made up a message") }
        for event in self.sent.map(\.event) + self.kept.map(\.event) where event.scope.id.rawValue == scope {
            if !events.contains(event) { broken.append("\(scope) lost \(event.messageID)") }
        }
        for case .event(let event) in records.map(\.payload) where event.scope.id.rawValue == scope {
            if !events.contains(event) { broken.append("\(scope) lacks a message of the log") }
        }
        return broken
    }
}
