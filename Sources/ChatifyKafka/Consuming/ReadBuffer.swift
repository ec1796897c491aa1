internal import ChatifyCore

/// Records that were read and that nobody has asked for yet, in the order they came.
struct ReadBuffer {
    /// A record and about how many bytes it takes.
    struct Item: Sendable, Hashable {
        let record: ChatRecord
        let size: Int
    }

    private var items = Ring<Item>()
    private var bytes = 0
    private let maximumRecords: Int
    private let maximumBytes: Int

    init(maximumRecords: Int, maximumBytes: Int) {
        self.maximumRecords = max(1, maximumRecords)
        self.maximumBytes = max(1, maximumBytes)
    }

    var count: Int { self.items.count }

    /// How full it is; 1 and more is full.
    var fill: Double {
        max(Double(self.items.count) / Double(self.maximumRecords), Double(self.bytes) / Double(self.maximumBytes))
    }

    mutating func append(_ item: Item) {
        self.items.append(item)
        self.bytes += item.size
    }

    /// Takes at most `limit` records.
    mutating func take(_ limit: Int) -> [ChatRecord] {
        let count = min(limit, self.items.count)
        var records: [ChatRecord] = []
        records.reserveCapacity(count)
        for _ in 0..<count { records.append(self.removeFirst().record) }
        return records
    }

    /// Drops the records of these partitions.
    mutating func drop(_ partitions: some Sequence<Int32>) {
        let dropped = Set(partitions)
        for _ in 0..<self.items.count {
            let item = self.removeFirst()
            if !dropped.contains(item.record.position.partition) { self.append(item) }
        }
    }

    private mutating func removeFirst() -> Item {
        let item = self.items.removeFirst()
        self.bytes -= item.size
        return item
    }
}
