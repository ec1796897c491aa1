extension InMemoryEventLog {
    /// A member of a consumer group; never used again after it has left.
    struct MemberID: Hashable {
        let rawValue: UInt64
    }

    /// A consumer group: who reads which partition, and how far.
    ///
    /// Partitions go round among the members in the order they joined, so the assignment follows from the members
    /// alone and no member has two partitions more than another.
    struct Group {
        private struct Member {
            let id: MemberID
            /// The partition that comes first in the member's next batch, so that all of them get their turn.
            var turn = 0
        }

        private struct Claim {
            var owner: MemberID?
            /// The next offset that the owner reads.
            var next: Int64
            /// The offset behind the last record that is done with.
            var committed: Int64
        }

        private var members: [Member] = []
        private var claims: [Claim]

        /// Makes a group without members that begins at these offsets, one per partition.
        init(startingAt offsets: [Int64]) {
            self.claims = offsets.map { Claim(next: $0, committed: $0) }
        }

        var memberIDs: [MemberID] { self.members.map(\.id) }

        func owner(of partition: Int) -> MemberID? { self.claims[partition].owner }

        func committedOffset(of partition: Int) -> Int64 { self.claims[partition].committed }

        func hasMember(_ id: MemberID) -> Bool { self.members.contains { $0.id == id } }

        mutating func join(_ id: MemberID) {
            self.members.append(Member(id: id))
            self.rebalance()
        }

        mutating func leave(_ id: MemberID) {
            self.members.removeAll { $0.id == id }
            self.rebalance()
        }

        private mutating func rebalance() {
            for partition in self.claims.indices {
                let owner = self.members.isEmpty ? nil : self.members[partition % self.members.count].id
                guard owner != self.claims[partition].owner else { continue }
                self.claims[partition].owner = owner
                self.claims[partition].next = self.claims[partition].committed
            }
        }
    }
}

extension InMemoryEventLog.Group {
    /// Commits `position` if `member` owns its partition; never backwards, never behind the log's end.
    mutating func commit(_ position: LogPosition, by member: InMemoryEventLog.MemberID, endOffset: Int64) {
        let partition = Int(position.partition)
        guard self.claims[partition].owner == member, position.offset >= self.claims[partition].committed else {
            return
        }
        self.claims[partition].committed = position.offset < endOffset ? position.offset + 1 : endOffset
    }

    /// Commits everything that `member` was given of the partitions it owns.
    mutating func commitGiven(to member: InMemoryEventLog.MemberID) {
        for partition in self.claims.indices where self.claims[partition].owner == member {
            self.claims[partition].committed = max(self.claims[partition].committed, self.claims[partition].next)
        }
    }

    /// Whether there is a record for `member` to take.
    func hasRecords(for member: InMemoryEventLog.MemberID, in partitions: [InMemoryEventLog.Partition]) -> Bool {
        self.claims.indices.contains { self.isReadable($0, by: member, in: partitions) }
    }

    /// Takes at most `limit` records for `member`, shared out evenly among its partitions.
    ///
    /// A partition with little leaves its share to the others; when there are more partitions than `limit`, the next
    /// batch begins where this one stopped.
    mutating func take(
        limit: Int,
        for member: InMemoryEventLog.MemberID,
        from partitions: [InMemoryEventLog.Partition]
    ) -> [ChatRecord] {
        guard let index = self.members.firstIndex(where: { $0.id == member }) else { return [] }
        var batch: [ChatRecord] = []
        var active = self.readable(by: member, from: self.members[index].turn, in: partitions)
        while batch.count < limit, !active.isEmpty {
            let share = max(1, (limit - batch.count) / active.count)
            for partition in active where batch.count < limit {
                self.claims[partition].next = partitions[partition].read(
                    from: self.claims[partition].next,
                    limit: min(share, limit - batch.count),
                    into: &batch
                )
                self.members[index].turn = partition + 1
            }
            active.removeAll { !self.isReadable($0, by: member, in: partitions) }
        }
        return batch
    }

    private func isReadable(
        _ partition: Int,
        by member: InMemoryEventLog.MemberID,
        in partitions: [InMemoryEventLog.Partition]
    ) -> Bool {
        self.claims[partition].owner == member && self.claims[partition].next < partitions[partition].endOffset
    }

    /// The partitions with records for `member`, beginning with `turn` and going round.
    private func readable(
        by member: InMemoryEventLog.MemberID,
        from turn: Int,
        in partitions: [InMemoryEventLog.Partition]
    ) -> [Int] {
        let count = self.claims.count
        return (0..<count).lazy.map { (turn + $0) % count }.filter { self.isReadable($0, by: member, in: partitions) }
    }
}
