internal import ChatifyCore

/// The newest records of one partition, kept in memory so that live delivery need not read them back from the file.
///
/// Bound: ``maximumCount`` records and ``maximumBytes`` of them; the oldest go first.
struct RecentRecords {
    private static let maximumCount = 2048
    private static let maximumBytes = 2_097_152

    private var records = Ring<ChatRecord>()
    private var bytes = 0
    /// The offset of the oldest record held.
    private(set) var firstOffset: Int64

    /// Makes an empty window at the end of a partition.
    init(endOffset: Int64) { self.firstOffset = endOffset }

    var endOffset: Int64 { self.firstOffset + Int64(self.records.count) }

    /// Adds the record behind the last one.
    mutating func append(_ record: ChatRecord) {
        precondition(record.position.offset == self.endOffset, "The log skipped an offset.")
        self.records.append(record)
        self.bytes += record.approximateSize
        while self.records.count > Self.maximumCount || self.bytes > Self.maximumBytes {
            self.bytes -= self.records.removeFirst().approximateSize
            self.firstOffset += 1
        }
    }

    /// Adds the records of those offsets to `batch`, or says that some are not here any more.
    func read(_ offsets: Range<Int64>, into batch: inout [ChatRecord]) -> Bool {
        guard offsets.lowerBound >= self.firstOffset, offsets.upperBound <= self.endOffset else { return false }
        for offset in offsets { batch.append(self.records[Int(offset - self.firstOffset)]) }
        return true
    }
}
