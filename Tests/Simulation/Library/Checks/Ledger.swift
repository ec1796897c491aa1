internal import ChatifyCore

/// What the simulated world knows to be true: the log's records and what became of each.
struct Ledger {
    struct Entry {
        /// The event, or nil for a record that holds none.
        let event: ChatEvent?
        /// The place among the records of its scope.
        let place: Int
        var isStored = false
        var isBuried = false

        /// Whether the log may forget the record as far as the history is concerned.
        var isDone: Bool { self.isStored || self.isBuried }
    }

    private(set) var partitions: [[Entry]]
    /// The offsets of each scope's records, ascending.
    private(set) var scopes: [ChatScope: [Int64]] = [:]
    private var positions: [MessageID: LogPosition] = [:]

    init(partitions: Int) { self.partitions = Array(repeating: [], count: partitions) }

    /// Whether every record is stored or a dead letter.
    var isDone: Bool { self.partitions.allSatisfy { $0.allSatisfy(\.isDone) } }

    /// Takes note of a record that the log has just taken.
    ///
    /// - Returns: What is wrong with it, if anything is.
    mutating func append(_ event: ChatEvent?, at position: LogPosition) -> String? {
        let partition = Int(position.partition)
        guard position.offset == self.partitions[partition].count else {
            return "\(position) does not follow offset \(self.partitions[partition].count - 1)"
        }
        guard let event else {
            self.partitions[partition].append(Entry(event: nil, place: 0))
            return nil
        }
        let offsets = self.scopes[event.scope, default: []]
        self.partitions[partition].append(Entry(event: event, place: offsets.count))
        self.scopes[event.scope, default: []].append(position.offset)
        let earlier = self.positions.updateValue(position, forKey: event.messageID)
        return earlier.map { "\(event.messageID) is at \($0) and again at \(position)" }
    }

    /// The record at `position`, nil beyond the log's end.
    subscript(position: LogPosition) -> Entry? {
        let records = self.partitions[Int(position.partition)]
        return records.indices.contains(Int(position.offset)) ? records[Int(position.offset)] : nil
    }

    /// Where a message stands.
    func position(of id: MessageID) -> LogPosition? { self.positions[id] }

    mutating func stored(_ position: LogPosition) {
        self.partitions[Int(position.partition)][Int(position.offset)].isStored = true
    }

    mutating func buried(_ position: LogPosition) {
        self.partitions[Int(position.partition)][Int(position.offset)].isBuried = true
    }

    /// The record of the same scope that comes after `offset`, nil if there is none.
    func next(in scope: ChatScope, after offset: Int64) -> Int64? {
        let offsets = self.scopes[scope] ?? []
        var (low, high) = (0, offsets.count)
        while low < high {
            let middle = (low + high) / 2
            if offsets[middle] > offset { high = middle } else { low = middle + 1 }
        }
        return low < offsets.count ? offsets[low] : nil
    }

    /// The events of a scope in the order of history.
    func history(of scope: ChatScope, partition: Int) -> [ChatEvent] {
        (self.scopes[scope] ?? []).compactMap { self.partitions[partition][Int($0)].event }
            .sorted { HistoryCursor(behind: $0) < HistoryCursor(behind: $1) }
    }
}
