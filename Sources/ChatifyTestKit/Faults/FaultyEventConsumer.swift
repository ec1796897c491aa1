public import ChatifyCore

/// A consumer that fails, is late, misses wake-ups, gives records again that were not committed, and lets partitions overtake one another.
public final class FaultyEventConsumer: ChatEventConsumer {
    private let base: any ChatEventConsumer
    private let faults: FaultSource
    private let records = Locked(RecordsOnTheWay())

    /// Wraps a consumer.
    public init(_ base: any ChatEventConsumer, faults: FaultSource) {
        self.base = base
        self.faults = faults
    }

    /// That of the wrapped consumer.
    public var backlog: Int64? { self.base.backlog }

    /// Reads, unless the plan has it otherwise; what was taken from the log for a call that fails is given to the next one.
    public func nextBatch(limit: Int) async throws(ChatError) -> [ChatRecord] {
        let decision = self.faults.next()
        try await self.faults.pause(decision.delay + decision.lostWakeUp)
        guard decision.failure != .before else { throw ChatError(.unavailable, "Nothing was read, on purpose.") }
        if decision.isDuplicated { self.records.withLock { $0.rewind() } }
        if !self.records.withLock({ $0.hasPending }) {
            let batch = try await self.base.nextBatch(limit: limit)
            self.records.withLock { $0.take(batch) }
        }
        guard decision.failure != .after else { throw ChatError(.unavailable, "What was read is late, on purpose.") }
        return self.records.withLock { $0.give(limit, shuffle: decision.shuffle) }
    }

    /// Commits, unless the plan has it otherwise.
    public func commit(_ positions: [LogPosition]) async throws(ChatError) {
        try await self.faults.call(mayRepeat: true) { () async throws(ChatError) in
            try await self.base.commit(positions)
            self.records.withLock { $0.commit(positions) }
        }
    }

    /// Leaves the group; never fails, and gives nothing any more.
    public func close() async {
        await self.base.close()
        self.records.withLock { $0 = RecordsOnTheWay() }
    }
}
