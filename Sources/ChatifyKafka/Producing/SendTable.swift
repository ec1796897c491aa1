/// Who waits for which send, by the number that the send carries.
///
/// Every waiter that was added is taken exactly once: by its delivery, by its cancellation, by its deadline, or when the table is closed.
struct SendTable<Waiter> {
    private var waiters: [UInt: (waiter: Waiter, deadline: ContinuousClock.Instant)] = [:]
    private var lastToken: UInt = 0
    /// Whether nobody may be added any more.
    private(set) var isClosed = false

    var count: Int { self.waiters.count }

    /// A number that no other send has; never 0.
    mutating func makeToken() -> UInt {
        self.lastToken += 1
        return self.lastToken
    }

    /// Adds a waiter; `false`, and nothing is kept, if the table is closed.
    mutating func add(_ waiter: Waiter, for token: UInt, until deadline: ContinuousClock.Instant) -> Bool {
        guard !self.isClosed else { return false }
        self.waiters[token] = (waiter, deadline)
        return true
    }

    /// Takes the waiter of a send, if nobody has before.
    mutating func take(_ token: UInt) -> Waiter? { self.waiters.removeValue(forKey: token)?.waiter }

    /// Takes the waiters whose deadline has passed.
    mutating func takeExpired(now: ContinuousClock.Instant) -> [Waiter] {
        self.waiters.filter { $0.value.deadline <= now }.keys.compactMap { self.take($0) }
    }

    /// Takes all waiters.
    mutating func takeAll() -> [Waiter] {
        defer { self.waiters = [:] }
        return self.waiters.values.map(\.waiter)
    }

    /// Lets nobody in any more.
    mutating func close() { self.isClosed = true }
}
