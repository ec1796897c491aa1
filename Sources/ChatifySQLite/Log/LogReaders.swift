internal import ChatifyCore

/// What everybody shares who reads the log: how far it goes, which group has read how far, and the newest records.
///
/// One lock guards it. The writer thread moves the log's end after each commit and wakes who waits for it; nobody polls.
final class LogReaders: Sendable {
    /// What the file knows of a group when it is opened.
    struct StoredGroup: Sendable {
        let name: String
        let lastJoined: Timestamp
        let offsets: [Int64]
    }

    struct Group {
        var readers: ConsumerGroup
        /// The offsets that the file has; the log is trimmed behind these.
        var stored: [Int64]
        var lastJoined: Timestamp
    }

    struct State {
        /// The offsets that each partition holds.
        var available: [Range<Int64>]
        var recent: [RecentRecords]
        var groups: [String: Group] = [:]
        /// Readers that wait for records, at most one per member.
        var waiters: [ConsumerID: CheckedContinuation<Void, Never>] = [:]
        var lastMember: UInt64 = 0
        var isClosed = false
    }

    let partitions: Int32
    /// The latest time stamp among the newest records, when the file was opened.
    let latestTimestamp: Timestamp?
    let state: Locked<State>

    init(available: [Range<Int64>], groups: [StoredGroup], latestTimestamp: Timestamp? = nil) {
        self.partitions = Int32(available.count)
        self.latestTimestamp = latestTimestamp
        var state = State(available: available, recent: available.map { RecentRecords(endOffset: $0.upperBound) })
        for group in groups {
            state.groups[group.name] = Group(
                readers: ConsumerGroup(startingAt: group.offsets),
                stored: group.offsets,
                lastJoined: group.lastJoined
            )
        }
        self.state = Locked(state)
    }

    var endOffsets: [Int64] { self.state.withLock { $0.available.map(\.upperBound) } }

    func committedOffsets(of group: String) -> [Int64]? {
        self.state.withLock { $0.groups[group]?.readers.committedOffsets }
    }
}

// What a consumer asks.
extension LogReaders {
    /// Adds a member; the group's first one ever fixes where the group starts.
    /// - Returns: The member, and the group's offsets as the file is to keep them.
    func join(_ name: String, startingAt start: LogStart, now: Timestamp) -> (member: ConsumerID, offsets: [Int64]) {
        let (result, woken) = self.state.withLock { state in
            state.lastMember += 1
            let member = ConsumerID(rawValue: state.lastMember)
            let offsets = state.available.map { start == .beginning ? $0.lowerBound : $0.upperBound }
            var group =
                state.groups[name]
                ?? Group(readers: ConsumerGroup(startingAt: offsets), stored: offsets, lastJoined: now)
            group.readers.join(member)
            group.lastJoined = now
            state.groups[name] = group
            return ((member, group.readers.committedOffsets), state.takeWaiters(of: group.readers.memberIDs))
        }
        woken.resume()
        return result
    }

    /// Removes a member; one that has left before is no error.
    func leave(_ name: String, _ member: ConsumerID) {
        let woken = self.state.withLock { state in
            state.groups[name]?.readers.leave(member)
            return state.takeWaiters(of: [member] + (state.groups[name]?.readers.memberIDs ?? []))
        }
        woken.resume()
    }

    /// What a reader that asks for records gets.
    enum Take {
        case records([ChatRecord])
        /// These are only in the file: read them, then ask ``given(_:to:in:)`` which still count.
        case read([LogRead])
        case nothing
        /// The member has left the group, or the store is closed.
        case closed
    }

    func take(limit: Int, for member: ConsumerID, in name: String) -> Take {
        self.state.withLock { state in
            guard !state.isClosed, var group = state.groups[name], group.readers.hasMember(member) else {
                return .closed
            }
            let reads = group.readers.nextReads(limit: limit, for: member, in: state.available)
            guard !reads.isEmpty else { return .nothing }
            var records: [ChatRecord] = []
            for read in reads {
                guard state.recent[Int(read.partition)].read(read.offsets, into: &records) else { return .read(reads) }
            }
            _ = group.readers.given(reads, to: member)
            state.groups[name] = group
            return .records(records)
        }
    }

    func nextOffsets(for member: ConsumerID, in name: String) -> [Int32: Int64] {
        self.state.withLock { state in
            state.groups[name]?.readers.nextOffsets(for: member, in: state.available) ?? [:]
        }
    }

    /// Moves a member on behind what it has read from the file, and tells which of it nobody has taken over meanwhile.
    func given(_ reads: [LogRead], to member: ConsumerID, in name: String) -> [LogRead] {
        self.state.withLock { $0.groups[name]?.readers.given(reads, to: member) ?? [] }
    }

    /// Takes note that a member is done with everything it was given.
    func commitGiven(to member: ConsumerID, in name: String) {
        self.state.withLock { state in _ = state.groups[name]?.readers.commitGiven(to: member) }
    }

    /// Takes note that a member is done with the records up to these positions.
    /// - Returns: The group's offsets for the file, or `nil` if none moved.
    func commit(_ positions: [LogPosition], by member: ConsumerID, in name: String) -> [Int64]? {
        self.state.withLock { state in
            guard var group = state.groups[name] else { return nil }
            var hasMoved = false
            for position in positions where state.available.indices.contains(Int(position.partition)) {
                let end = state.available[Int(position.partition)].upperBound
                if group.readers.commit(position, by: member, endOffset: end) { hasMoved = true }
            }
            state.groups[name] = group
            return hasMoved || group.readers.committedOffsets != group.stored ? group.readers.committedOffsets : nil
        }
    }

    /// Returns when there may be records for `member`, when it has left, or when the task is cancelled.
    func waitForRecords(for member: ConsumerID, in name: String) async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let mustWait = self.state.withLock { state in
                    // A cancellation before this line is seen here; one after it finds the waiter.
                    guard !Task.isCancelled, state.mustWait(member, in: name) else { return false }
                    let other = state.waiters.updateValue(continuation, forKey: member)
                    precondition(other == nil, "Two tasks wait for the next batch of one consumer.")
                    return true
                }
                if !mustWait { continuation.resume() }
            }
        } onCancel: {
            self.state.withLock { $0.takeWaiters(of: [member]) }.resume()
        }
    }
}

// What the writer thread does.
extension LogReaders {
    /// The offsets of groups that have moved on in memory, for the next transaction to take along.
    func offsetsToCommit() -> [(group: String, offsets: [Int64])] {
        self.state.withLock { state in
            state.groups.compactMap { name, group in
                let offsets = group.readers.committedOffsets
                return offsets == group.stored ? nil : (name, offsets)
            }
        }
    }

    /// Publishes what a transaction has committed, and wakes who waits for it.
    func committed(_ batch: WriteBatch, and offsets: [(group: String, offsets: [Int64])]) {
        guard !batch.records.isEmpty || !batch.commits.isEmpty || !offsets.isEmpty else { return }
        let woken = self.state.withLock { state in
            for (group, offsets) in offsets + batch.commits { state.raiseStored(group, to: offsets) }
            for record in batch.records { state.append(record) }
            let partitions = Set(batch.records.map { Int($0.position.partition) })
            return state.takeWaiters(of: state.groups.values.flatMap { $0.readers.owners(of: partitions) })
        }
        woken.resume()
    }

    /// The offset before which every group is done with a partition, as far as the file knows; its end if there is no group.
    func doneOffset(of partition: Int) -> Int64 {
        self.state.withLock { state in
            state.groups.values.reduce(state.available[partition].upperBound) { min($0, $1.stored[partition]) }
        }
    }

    func availableOffsets(of partition: Int) -> Range<Int64> { self.state.withLock { $0.available[partition] } }

    /// Takes note that the file holds a partition's records only from `offset` on.
    func trimmed(_ partition: Int, before offset: Int64) {
        self.state.withLock { state in
            let range = state.available[partition]
            state.available[partition] = max(range.lowerBound, min(offset, range.upperBound))..<range.upperBound
        }
    }

    /// The groups without members that nobody has joined since then.
    func groupsLeft(before time: Timestamp) -> [String] {
        self.state.withLock { state in
            state.groups.filter { $0.value.readers.memberIDs.isEmpty && $0.value.lastJoined < time }.map(\.key)
        }
    }

    /// Forgets a group that has no members, and says whether it is gone.
    func remove(_ name: String) -> Bool {
        self.state.withLock { state in
            guard state.groups[name]?.readers.memberIDs.isEmpty ?? true else { return false }
            state.groups[name] = nil
            return true
        }
    }

    /// Ends all waiting; nobody gets records any more.
    func close() {
        let woken = self.state.withLock { state in
            state.isClosed = true
            defer { state.waiters = [:] }
            return Array(state.waiters.values)
        }
        woken.resume()
    }
}

extension LogReaders.State {
    fileprivate mutating func append(_ record: ChatRecord) {
        let partition = Int(record.position.partition)
        self.recent[partition].append(record)
        self.available[partition] = self.available[partition].lowerBound..<record.position.offset + 1
    }

    fileprivate mutating func raiseStored(_ name: String, to offsets: [Int64]) {
        guard let stored = self.groups[name]?.stored else { return }
        self.groups[name]?.stored = zip(stored, offsets).map { max($0, $1) }
    }

    /// Whether a reader that asks now would get nothing, but may later.
    fileprivate func mustWait(_ member: ConsumerID, in name: String) -> Bool {
        guard !self.isClosed, let group = self.groups[name], group.readers.hasMember(member) else { return false }
        return !group.readers.hasRecords(for: member, in: self.available)
    }

    /// Takes those of `members` that wait, to be resumed once the lock is released.
    fileprivate mutating func takeWaiters(of members: [ConsumerID]) -> [CheckedContinuation<Void, Never>] {
        self.waiters.isEmpty ? [] : members.compactMap { self.waiters.removeValue(forKey: $0) }
    }
}

extension ConsumerGroup {
    /// The members that read any of these partitions.
    fileprivate func owners(of partitions: Set<Int>) -> [ConsumerID] { partitions.compactMap { self.owner(of: $0) } }
}

extension [CheckedContinuation<Void, Never>] {
    fileprivate func resume() {
        for continuation in self { continuation.resume() }
    }
}
