/// Records of one partition that a member of a ``ConsumerGroup`` is to read.
package struct LogRead: Sendable, Hashable {
    /// The partition.
    package let partition: Int32
    /// The offsets, at least one; a log that read less may lower the upper bound before it tells the group.
    package var offsets: Range<Int64>
    /// Where the member went on when this was planned; lower than the offsets if the log no longer holds some.
    let next: Int64

    /// Makes a read that begins where the member goes on.
    package init(partition: Int32, offsets: Range<Int64>) {
        self.init(partition: partition, offsets: offsets, next: offsets.lowerBound)
    }

    init(partition: Int32, offsets: Range<Int64>, next: Int64) {
        self.partition = partition
        self.offsets = offsets
        self.next = next
    }
}

extension ConsumerGroup {
    /// Per partition of `member` the offset that it goes on at.
    /// - Parameter available: Per partition the offsets that the log holds.
    package func nextOffsets(for member: ConsumerID, in available: [Range<Int64>]) -> [Int32: Int64] {
        let owned = self.claims.indices.filter { self.claims[$0].owner == member }
        return Dictionary(
            uniqueKeysWithValues: owned.map { (Int32($0), max(self.claims[$0].next, available[$0].lowerBound)) }
        )
    }

    /// Whether there is a record for `member` to read.
    /// - Parameter available: Per partition the offsets that the log holds.
    package func hasRecords(for member: ConsumerID, in available: [Range<Int64>]) -> Bool {
        self.claims.indices.contains { self.isReadable($0, by: member, in: available) }
    }

    /// Plans what `member` reads next: at most `limit` records, shared out evenly among its partitions.
    ///
    /// A partition with little leaves its share to the others; when there are more partitions than `limit`, the next
    /// batch begins where this one stopped. Nothing changes until ``given(_:to:)``, so a plan that fails is made again.
    /// - Parameter available: Per partition the offsets that the log holds.
    package func nextReads(limit: Int, for member: ConsumerID, in available: [Range<Int64>]) -> [LogRead] {
        var reads = self.emptyReads(for: member, in: available)
        var (rest, active, last) = (Int64(limit), Array(reads.indices), -1)
        while rest > 0, !active.isEmpty {
            let share = max(1, rest / Int64(active.count))
            for index in active where rest > 0 {
                rest -= reads[index].extend(by: min(share, rest), in: available)
                last = index
            }
            active.removeAll { reads[$0].isComplete(in: available) }
        }
        // The last read is where the batch stopped: those behind it were read in an earlier round, if at all.
        return (reads[(last + 1)...] + reads[...last]).filter { !$0.offsets.isEmpty }
    }

    /// Lets `member` have what was read for it, and moves on behind that.
    ///
    /// A read counts for nothing if the partition is another member's by now, or if its owner goes on elsewhere than
    /// when the read was planned: whoever is to read those records plans them anew.
    /// - Parameter reads: Reads that ``nextReads(limit:for:in:)`` planned and that succeeded, in that order.
    /// - Returns: The reads that count, whose records are the member's.
    package mutating func given(_ reads: [LogRead], to member: ConsumerID) -> [LogRead] {
        let valid = reads.filter { read in
            let claim = self.claims[Int(read.partition)]
            return claim.owner == member && claim.next == read.next
        }
        for read in valid { self.claims[Int(read.partition)].next = read.offsets.upperBound }
        if let last = valid.last, let index = self.members.firstIndex(where: { $0.id == member }) {
            self.members[index].turn = Int(last.partition) + 1
        }
        return valid
    }

    private func isReadable(_ partition: Int, by member: ConsumerID, in available: [Range<Int64>]) -> Bool {
        let claim = self.claims[partition]
        return claim.owner == member
            && max(claim.next, available[partition].lowerBound) < available[partition].upperBound
    }

    /// A read without offsets for each partition with records for `member`, beginning with its turn and going round.
    private func emptyReads(for member: ConsumerID, in available: [Range<Int64>]) -> [LogRead] {
        let (turn, count) = (self.members.first { $0.id == member }?.turn ?? 0, self.claims.count)
        return (0..<count).lazy.map { (turn + $0) % count }.filter { self.isReadable($0, by: member, in: available) }
            .map { partition in
                let next = self.claims[partition].next
                let start = max(next, available[partition].lowerBound)
                return LogRead(partition: Int32(partition), offsets: start..<start, next: next)
            }
    }
}

extension LogRead {
    /// Adds at most `count` offsets that the log holds, and returns how many there were.
    fileprivate mutating func extend(by count: Int64, in available: [Range<Int64>]) -> Int64 {
        let added = min(count, available[Int(self.partition)].upperBound - self.offsets.upperBound)
        self.offsets = self.offsets.lowerBound..<(self.offsets.upperBound + added)
        return added
    }

    fileprivate func isComplete(in available: [Range<Int64>]) -> Bool {
        self.offsets.upperBound == available[Int(self.partition)].upperBound
    }
}
