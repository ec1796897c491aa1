extension InMemoryEventLog {
    /// One partition: the records it still holds, and the offset of the first of them.
    struct Partition {
        let index: Int32
        /// The most records it holds.
        let capacity: Int
        private var records = Ring<ChatRecord>()
        /// The offset of the oldest record held.
        private(set) var firstOffset: Int64 = 0

        init(index: Int32, capacity: Int) {
            self.index = index
            self.capacity = capacity
        }

        /// The offset that the next record will get.
        var endOffset: Int64 { self.firstOffset + Int64(self.records.count) }

        /// The offsets of the records held.
        var offsets: Range<Int64> { self.firstOffset..<self.endOffset }

        var isFull: Bool { self.records.count >= self.capacity }

        /// Appends a record; ask ``isFull`` first.
        mutating func append(_ payload: ChatRecord.Payload, headers: RecordHeaders) -> LogPosition {
            let position = LogPosition(partition: self.index, offset: self.endOffset)
            self.records.append(ChatRecord(position: position, payload: payload, headers: headers))
            return position
        }

        /// Forgets the oldest records before `offset`, a sixteenth of the capacity at most, so that finding out what
        /// may go costs little per record.
        mutating func trim(before offset: Int64) {
            let due = min(offset, self.endOffset) - self.firstOffset
            let count = min(due, Int64(max(1, self.capacity / 16)))
            guard count > 0 else { return }
            for _ in 0..<count { self.records.removeFirst() }
            self.firstOffset += count
        }

        /// Appends the records of `offsets`, all of which it holds, to `batch`.
        func read(_ offsets: Range<Int64>, into batch: inout [ChatRecord]) {
            for offset in offsets { batch.append(self.record(at: offset)) }
        }

        /// The record at an offset that it holds.
        func record(at offset: Int64) -> ChatRecord { self.records[Int(offset - self.firstOffset)] }
    }
}
