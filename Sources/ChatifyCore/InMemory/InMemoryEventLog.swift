/// The log in memory: gone with the process, seen by this process alone.
///
/// Made for tests and for a pod that needs neither durability nor company. One lock guards it; producing never
/// suspends.
///
/// Bound: a partition holds `capacityPerPartition` records. When it is full, the oldest records that every consumer
/// group has committed are trimmed; if a group has committed none of them, producing fails at once, so nothing is lost
/// silently. A group counts from its first member on and for ever, members or not, until
/// ``removeGroup(_:)``; a log without groups trims its oldest records.
public final class InMemoryEventLog: Sendable {
    /// The number of partitions.
    public let partitions: Int32

    fileprivate struct Shared {
        var state: State
        /// Readers that wait for records, at most one per member.
        var waiters: [ConsumerID: CheckedContinuation<Void, Never>] = [:]
    }
    private let shared: Locked<Shared>

    /// Makes an empty log.
    /// - Parameters:
    ///   - partitions: The number of partitions, at least 1.
    ///   - capacityPerPartition: The most records a partition holds, at least 1.
    public init(partitions: Int32 = 3, capacityPerPartition: Int = 65_536) {
        precondition(partitions > 0, "A log has at least one partition.")
        precondition(capacityPerPartition > 0, "A partition holds at least one record.")
        self.partitions = partitions
        self.shared = Locked(Shared(state: State(partitions: partitions, capacityPerPartition: capacityPerPartition)))
    }

    /// Makes a consumer and joins it to `group`.
    ///
    /// It is a member until it is closed or nobody holds it any more.
    /// - Parameters:
    ///   - group: The group's name; any text.
    ///   - start: Where the group begins, if this is its first member ever.
    ///   - commits: Who commits. An automatic consumer commits what it was given when it is asked for more.
    public func makeConsumer(
        group: String,
        startingAt start: LogStart,
        commits: CommitMode
    ) -> any ChatEventConsumer {
        let (member, woken) = self.shared.withLock { shared in
            let member = shared.state.join(group, startingAt: start)
            return (member, shared.takeWaiters(of: shared.state.members(of: group)))
        }
        woken.resume()
        return InMemoryEventConsumer(log: self, group: group, member: member, commits: commits)
    }

    /// Forgets a group and its committed offsets, so that it no longer keeps records from being trimmed.
    ///
    /// - Returns: `false`, and nothing changes, if the group has members.
    @discardableResult
    public func removeGroup(_ group: String) -> Bool {
        self.shared.withLock { $0.state.remove(group) }
    }

    /// The offset behind the last committed record of each partition, or `nil` if nobody ever joined `group`.
    public func committedOffsets(of group: String) -> [Int64]? {
        self.shared.withLock { $0.state.committedOffsets(of: group) }
    }

    /// Plants a record that is no event, for tests of poison records.
    @discardableResult
    package func appendUndecodable(
        value: [UInt8],
        reason: String,
        partition: Int32
    ) throws(ChatError) -> LogPosition {
        precondition((0..<self.partitions).contains(partition), "There is no partition \(partition).")
        return try self.append(.undecodable(value: value, reason: reason), headers: RecordHeaders(), to: partition)
    }

    private func append(
        _ payload: ChatRecord.Payload,
        headers: RecordHeaders,
        to partition: Int32
    ) throws(ChatError) -> LogPosition {
        let (position, woken) = try self.shared.withLock { shared throws(ChatError) in
            let position = try shared.state.append(payload, headers: headers, to: Int(partition))
            guard !shared.waiters.isEmpty else { return (position, [CheckedContinuation<Void, Never>]()) }
            return (position, shared.takeWaiters(of: shared.state.readers(of: Int(partition))))
        }
        woken.resume()
        return position
    }
}

extension InMemoryEventLog: ChatEventProducer {
    /// Neither durable nor shared.
    public var guarantees: LogGuarantees { LogGuarantees(isDurable: false, isShared: false) }

    /// The partition of that scope id.
    public func partition(of scopeID: ScopeID) -> Int32? { CRC32.partition(of: scopeID, among: self.partitions) }

    /// Appends `event` and returns where it stands; never suspends.
    public func produce(_ event: ChatEvent, headers: RecordHeaders) async throws(ChatError) -> LogPosition {
        let partition = CRC32.partition(of: event.scope.id, among: self.partitions)
        return try self.append(.event(event), headers: headers, to: partition)
    }
}

extension InMemoryEventLog: ReplaySource {
    /// Returns the events while the log holds all records at these offsets; never suspends and never fails.
    public func events(
        in scopes: [ChatScope],
        partition: Int32,
        offsets: Range<Int64>,
        limit: Int
    ) async throws(ChatError) -> [EnrichedChatEvent]? {
        self.shared.withLock { $0.state.events(in: scopes, partition: partition, offsets: offsets, limit: limit) }
    }
}

// What a consumer asks of its log.
extension InMemoryEventLog {
    func nextOffsets(for member: ConsumerID, in group: String) -> [Int32: Int64] {
        self.shared.withLock { $0.state.nextOffsets(for: member, in: group) }
    }

    func take(limit: Int, group: String, for member: ConsumerID) -> State.Take {
        self.shared.withLock { $0.state.take(limit: limit, group: group, for: member) }
    }

    func commit(_ positions: [LogPosition], group: String, by member: ConsumerID) {
        self.shared.withLock { $0.state.commit(positions, group: group, by: member) }
    }

    func commitGiven(to member: ConsumerID, in group: String) {
        self.shared.withLock { $0.state.commitGiven(to: member, in: group) }
    }

    func backlog(of member: ConsumerID, in group: String) -> Int64 {
        self.shared.withLock { $0.state.backlog(of: member, in: group) }
    }

    func leave(_ group: String, _ member: ConsumerID) {
        let woken = self.shared.withLock { shared in
            shared.state.leave(group, member)
            return shared.takeWaiters(of: [member] + shared.state.members(of: group))
        }
        woken.resume()
    }

    /// Returns when there may be records for `member`, when it has left, or when the task is cancelled.
    func waitForRecords(for member: ConsumerID, in group: String) async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let mustWait = self.shared.withLock { shared in
                    // A cancellation before this line is seen here; one after it finds the waiter.
                    guard !Task.isCancelled, shared.state.mustWait(member, in: group) else { return false }
                    let other = shared.waiters.updateValue(continuation, forKey: member)
                    precondition(other == nil, "Two tasks wait for the next batch of one consumer.")
                    return true
                }
                if !mustWait { continuation.resume() }
            }
        } onCancel: {
            self.shared.withLock { $0.takeWaiters(of: [member]) }.resume()
        }
    }
}

extension InMemoryEventLog.Shared {
    /// Takes those of `members` that wait, to be resumed once the lock is released.
    fileprivate mutating func takeWaiters(
        of members: [ConsumerID]
    ) -> [CheckedContinuation<Void, Never>] {
        self.waiters.isEmpty ? [] : members.compactMap { self.waiters.removeValue(forKey: $0) }
    }
}

extension [CheckedContinuation<Void, Never>] {
    fileprivate func resume() {
        for continuation in self { continuation.resume() }
    }
}
