/// A member of a consumer group; never used again after it has left.
package struct ConsumerID: Sendable, Hashable {
    /// The number, different for every member that a log ever had.
    package let rawValue: UInt64

    /// Makes the member of that number.
    package init(rawValue: UInt64) { self.rawValue = rawValue }
}

/// A consumer group of a log: who reads which partition, and how far.
///
/// Partitions go round among the members in the order they joined, so the assignment follows from the members alone
/// and no member has two partitions more than another. It knows offsets only: the log reads what ``nextReads(limit:for:in:)``
/// plans, as slowly as it must, and hands out what ``given(_:to:)`` lets it.
package struct ConsumerGroup: Sendable {
    struct Member {
        let id: ConsumerID
        /// The partition that comes first in the member's next batch, so that all of them get their turn.
        var turn = 0
    }

    struct Claim {
        var owner: ConsumerID?
        /// The next offset that the owner reads.
        var next: Int64
        /// The offset behind the last record that is done with.
        var committed: Int64
    }

    var members: [Member] = []
    var claims: [Claim]

    /// Makes a group without members that begins at these offsets, one per partition.
    package init(startingAt offsets: [Int64]) {
        self.claims = offsets.map { Claim(next: $0, committed: $0) }
    }

    /// The members, in the order they joined.
    package var memberIDs: [ConsumerID] { self.members.map(\.id) }

    /// The member that reads `partition`; `nil` if there are no members.
    package func owner(of partition: Int) -> ConsumerID? { self.claims[partition].owner }

    /// The offset behind the last record of `partition` that is done with.
    package func committedOffset(of partition: Int) -> Int64 { self.claims[partition].committed }

    /// The committed offset of each partition.
    package var committedOffsets: [Int64] { self.claims.map(\.committed) }

    /// Whether that member has joined and not left.
    package func hasMember(_ id: ConsumerID) -> Bool { self.members.contains { $0.id == id } }

    /// Adds a member and gives it its partitions.
    package mutating func join(_ id: ConsumerID) {
        precondition(!self.hasMember(id), "Consumer \(id.rawValue) has joined already.")
        self.members.append(Member(id: id))
        self.rebalance()
    }

    /// Removes a member and gives its partitions to those that remain; one that is none changes nothing.
    package mutating func leave(_ id: ConsumerID) {
        self.members.removeAll { $0.id == id }
        self.rebalance()
    }

    /// Who takes a partition over begins at its committed offset.
    private mutating func rebalance() {
        for partition in self.claims.indices {
            let owner = self.members.isEmpty ? nil : self.members[partition % self.members.count].id
            guard owner != self.claims[partition].owner else { continue }
            self.claims[partition].owner = owner
            self.claims[partition].next = self.claims[partition].committed
        }
    }
}

extension ConsumerGroup {
    /// Commits `position` if `member` owns its partition; never backwards, never behind the log's end.
    /// - Returns: Whether the committed offset moved.
    @discardableResult
    package mutating func commit(_ position: LogPosition, by member: ConsumerID, endOffset: Int64) -> Bool {
        let partition = Int(position.partition)
        guard self.claims.indices.contains(partition), self.claims[partition].owner == member else { return false }
        return self.advance(partition, to: position.offset < endOffset ? position.offset + 1 : endOffset)
    }

    /// Commits everything that `member` was given of the partitions it owns.
    /// - Returns: Whether a committed offset moved.
    @discardableResult
    package mutating func commitGiven(to member: ConsumerID) -> Bool {
        var hasMoved = false
        for partition in self.claims.indices where self.claims[partition].owner == member {
            if self.advance(partition, to: self.claims[partition].next) { hasMoved = true }
        }
        return hasMoved
    }

    private mutating func advance(_ partition: Int, to offset: Int64) -> Bool {
        guard offset > self.claims[partition].committed else { return false }
        self.claims[partition].committed = offset
        return true
    }
}
