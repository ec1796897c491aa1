extension InMemoryEventLog {
    /// The log and its groups, without locks and waiting.
    struct State {
        private var partitions: [Partition]
        private var groups: [String: ConsumerGroup] = [:]
        private var memberCount: UInt64 = 0

        init(partitions: Int32, capacityPerPartition: Int) {
            self.partitions = (0..<partitions).map { Partition(index: $0, capacity: capacityPerPartition) }
        }

        /// Appends a record, trimming what every group is done with if the partition is full.
        mutating func append(
            _ payload: ChatRecord.Payload,
            headers: RecordHeaders,
            to partition: Int
        ) throws(ChatError) -> LogPosition {
            if self.partitions[partition].isFull {
                self.partitions[partition].trim(before: self.doneOffset(of: partition))
                guard !self.partitions[partition].isFull else { throw .partitionFull(partition) }
            }
            return self.partitions[partition].append(payload, headers: headers)
        }

        /// The offset before which every group has committed; the log's end if there is no group.
        private func doneOffset(of partition: Int) -> Int64 {
            self.groups.values.reduce(self.partitions[partition].endOffset) {
                min($0, $1.committedOffset(of: partition))
            }
        }

        /// The members that read `partition`, one per group at most.
        func readers(of partition: Int) -> [ConsumerID] {
            self.groups.values.compactMap { $0.owner(of: partition) }
        }

        func members(of group: String) -> [ConsumerID] { self.groups[group]?.memberIDs ?? [] }
    }
}

extension InMemoryEventLog.State {
    /// Adds a member; the group's first one fixes where the group starts.
    mutating func join(_ group: String, startingAt start: LogStart) -> ConsumerID {
        self.memberCount += 1
        let member = ConsumerID(rawValue: self.memberCount)
        let offsets = self.partitions.map { start == .beginning ? $0.firstOffset : $0.endOffset }
        self.groups[group, default: ConsumerGroup(startingAt: offsets)].join(member)
        return member
    }

    /// Removes a member; one that has left before is no error.
    mutating func leave(_ group: String, _ member: ConsumerID) {
        guard self.groups[group]?.hasMember(member) == true else { return }
        self.groups[group]?.leave(member)
    }

    /// Forgets a group that has no members, and says whether it is gone.
    mutating func remove(_ group: String) -> Bool {
        guard self.members(of: group).isEmpty else { return false }
        self.groups[group] = nil
        return true
    }

    mutating func commit(_ positions: [LogPosition], group: String, by member: ConsumerID) {
        for position in positions where self.partitions.indices.contains(Int(position.partition)) {
            let end = self.partitions[Int(position.partition)].endOffset
            self.groups[group]?.commit(position, by: member, endOffset: end)
        }
    }

    mutating func commitGiven(to member: ConsumerID, in group: String) {
        self.groups[group]?.commitGiven(to: member)
    }

    func committedOffsets(of group: String) -> [Int64]? {
        self.groups[group]?.committedOffsets
    }

    /// The records behind the committed offsets of the partitions that `member` reads.
    func backlog(of member: ConsumerID, in group: String) -> Int64 {
        guard let group = self.groups[group] else { return 0 }
        return self.partitions.indices.reduce(0) { sum, partition in
            guard group.owner(of: partition) == member else { return sum }
            return sum + self.partitions[partition].endOffset - group.committedOffset(of: partition)
        }
    }

    /// What a reader that asks for records gets.
    enum Take {
        case records([ChatRecord])
        case nothing
        /// The member has left the group.
        case closed
    }

    mutating func take(limit: Int, group: String, for member: ConsumerID) -> Take {
        guard self.groups[group]?.hasMember(member) == true else { return .closed }
        let reads = self.groups[group]?.nextReads(limit: limit, for: member, in: self.available) ?? []
        var records: [ChatRecord] = []
        for read in self.groups[group]?.given(reads, to: member) ?? [] {
            self.partitions[Int(read.partition)].read(read.offsets, into: &records)
        }
        return records.isEmpty ? .nothing : .records(records)
    }

    func nextOffsets(for member: ConsumerID, in group: String) -> [Int32: Int64] {
        self.groups[group]?.nextOffsets(for: member, in: self.available) ?? [:]
    }

    /// Every event of `scopes` at these offsets; `nil` if not all of those are held, or there are more than `limit`.
    func events(
        in scopes: [ChatScope],
        partition: Int32,
        offsets: Range<Int64>,
        limit: Int
    ) -> [EnrichedChatEvent]? {
        guard self.partitions.indices.contains(Int(partition)) else { return nil }
        let held = self.partitions[Int(partition)]
        guard held.offsets.lowerBound <= offsets.lowerBound, offsets.upperBound <= held.endOffset else { return nil }
        var events: [EnrichedChatEvent] = []
        for offset in offsets {
            guard let event = held.record(at: offset).event(in: scopes) else { continue }
            guard events.count < limit else { return nil }
            events.append(event)
        }
        return events
    }

    /// Whether a reader that asks now would get nothing, but may later.
    func mustWait(_ member: ConsumerID, in group: String) -> Bool {
        guard let group = self.groups[group], group.hasMember(member) else { return false }
        return !group.hasRecords(for: member, in: self.available)
    }

    /// The offsets that each partition holds.
    private var available: [Range<Int64>] { self.partitions.map(\.offsets) }
}

extension ChatRecord {
    fileprivate func event(in scopes: [ChatScope]) -> EnrichedChatEvent? {
        guard case .event(let event) = self.payload, scopes.contains(event.scope) else { return nil }
        return EnrichedChatEvent(event: event, position: self.position)
    }
}

extension ChatError {
    fileprivate static func partitionFull(_ partition: Int) -> ChatError {
        ChatError(
            .eventProductionFailed,
            "Partition \(partition) of the in-memory log is full; try again when its consumers have caught up."
        )
    }
}
