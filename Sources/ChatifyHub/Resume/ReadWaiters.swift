internal import ChatifyCore

/// The connections that wait until their shard has been given the log up to some place; one wait each.
struct ReadWaiters {
    /// What a connection waits for, and until when.
    struct Waiter {
        let partition: Int32
        /// The offset of the first record that need not have been given.
        let offset: Int64
        let deadline: ContinuousClock.Instant
        /// Told whether it came to that.
        let continuation: CheckedContinuation<Bool, Never>
    }

    private var waiters: [ConnectionID: Waiter] = [:]

    /// Lets a connection wait, which must not wait already.
    mutating func add(_ waiter: Waiter, of connection: ConnectionID) {
        let other = self.waiters.updateValue(waiter, forKey: connection)
        precondition(other == nil, "A connection resumes two scopes at one time.")
    }

    /// Lets go on who waited for no more than this.
    mutating func reached(_ standing: [Int32: Int64]) {
        self.end(as: true) { standing[$0.partition].map { [offset = $0.offset] in $0 >= offset } ?? false }
    }

    /// Lets go on who has waited long enough.
    mutating func expire(now: ContinuousClock.Instant) { self.end(as: false) { $0.deadline <= now } }

    /// Lets a connection go on that has no reason to wait any more.
    mutating func abandon(_ connection: ConnectionID) {
        self.waiters.removeValue(forKey: connection)?.continuation.resume(returning: false)
    }

    private mutating func end(as isReached: Bool, where isOver: (Waiter) -> Bool) {
        guard !self.waiters.isEmpty else { return }
        for (connection, waiter) in self.waiters where isOver(waiter) {
            self.waiters[connection] = nil
            waiter.continuation.resume(returning: isReached)
        }
    }
}
