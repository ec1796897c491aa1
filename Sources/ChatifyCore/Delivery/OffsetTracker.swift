/// Knows how far each partition may be committed while its records are finished in any order.
///
/// It goes by the offsets it was given, in the order it was given them; the log may leave out others.
package struct OffsetTracker {
    fileprivate struct Partition {
        /// The offsets from the first unfinished one on.
        var open = Ring<(offset: Int64, isFinished: Bool)>()
        var last: Int64
        /// The offset up to which everything given is finished.
        var watermark: Int64?
        var committed: Int64?
    }

    private var partitions: [Int32: Partition] = [:]

    /// Makes a tracker that was given nothing yet.
    package init() {}

    /// Takes note of a record that was read, each partition's in ascending order.
    ///
    /// An offset that does not ascend means that the partition went away and came back: the log begins again at what
    /// it knows as committed, and so does the tracker.
    package mutating func begin(_ position: LogPosition) {
        var partition = self.partitions.removeValue(forKey: position.partition) ?? Partition(last: .min)
        if position.offset <= partition.last { partition = Partition(last: .min) }
        partition.last = position.offset
        partition.open.append((position.offset, false))
        self.partitions[position.partition] = partition
    }

    /// Takes note that a record is done with; one that the tracker does not wait for changes nothing.
    package mutating func finish(_ position: LogPosition) {
        guard var partition = self.partitions.removeValue(forKey: position.partition) else { return }
        partition.finish(position.offset)
        self.partitions[position.partition] = partition
    }

    /// The positions to commit: everything given up to each is finished, and it was not committed before.
    package var committable: [LogPosition] {
        self.partitions.sorted { $0.key < $1.key }.compactMap { index, partition in
            guard let watermark = partition.watermark, watermark != partition.committed else { return nil }
            return LogPosition(partition: index, offset: watermark)
        }
    }

    /// Takes note that the log keeps these positions.
    package mutating func committed(_ positions: [LogPosition]) {
        for position in positions { self.partitions[position.partition]?.committed = position.offset }
    }
}

extension OffsetTracker.Partition {
    fileprivate mutating func finish(_ offset: Int64) {
        guard let index = self.index(of: offset) else { return }
        self.open[index].isFinished = true
        while let first = self.open.first, first.isFinished {
            self.watermark = first.offset
            self.open.removeFirst()
        }
    }

    private func index(of offset: Int64) -> Int? {
        var (low, high) = (0, self.open.count)
        while low < high {
            let middle = low + (high - low) / 2
            if self.open[middle].offset < offset { low = middle + 1 } else { high = middle }
        }
        return low < self.open.count && self.open[low].offset == offset ? low : nil
    }
}
