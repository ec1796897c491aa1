internal import ChatifyCore

/// Calls that wait for a thread of our own to carry them out, each with a deadline.
///
/// Bound: `capacity` calls, those under way included; a call beyond that is refused at once. Calls are taken in the order they came.
/// A call whose deadline passes is answered with an error by ``expire(now:)``, also while a thread is busy with it: its outcome is
/// unknown then, and the thread's answer is dropped.
final class CallQueue<Call: Sendable, Answer: Sendable>: Sendable {
    /// A call that a thread has taken.
    struct Taken: Sendable {
        fileprivate let token: UInt64
        let call: Call
    }

    private struct Waiter {
        let deadline: ContinuousClock.Instant
        let continuation: CheckedContinuation<Result<Answer, ChatError>, Never>
    }

    private struct State {
        var waiting: [Taken] = []
        var waiters: [UInt64: Waiter] = [:]
        var lastToken: UInt64 = 0
        var isClosed = false
        /// How many waiting calls are worth waking a thread for.
        var wakeCount = 1
    }

    private let capacity: Int
    private let timeout: Duration
    private let state = Monitor(State())

    /// Makes an empty queue.
    init(capacity: Int, timeout: Duration) {
        self.capacity = capacity
        self.timeout = timeout
    }

    /// Hands a call to the threads and waits for its answer.
    ///
    /// A cancelled task waits too: what a thread has begun cannot be taken back, and the wait is bounded.
    /// - Throws: `ChatError` with code `unavailable` if the queue is full, closed, or the deadline passes.
    func ask(_ call: Call) async throws(ChatError) -> Answer {
        let result = await withCheckedContinuation { continuation in
            let deadline = ContinuousClock.now.advanced(by: self.timeout)
            let refusal = self.state.withLockDecidingToWake { state, wakes -> ChatError? in
                guard !state.isClosed else { return .storeClosed }
                guard state.waiters.count < self.capacity else { return .storeOverloaded }
                state.lastToken += 1
                state.waiting.append(Taken(token: state.lastToken, call: call))
                state.waiters[state.lastToken] = Waiter(deadline: deadline, continuation: continuation)
                wakes = state.waiting.count >= state.wakeCount
                return nil
            }
            if let refusal { continuation.resume(returning: .failure(refusal)) }
        }
        return try result.get()
    }

    /// Blocks the calling thread until there are calls, and takes at most `limit` of them.
    ///
    /// - Returns: An empty array when `time` has passed; `nil` when the queue is closed and empty.
    func take(limit: Int, waitingAtMost time: Duration?) -> [Taken]? {
        let taken = self.state.wait(atMost: time) { state -> [Taken]?? in
            guard !state.waiting.isEmpty else { return state.isClosed ? .some(nil) : nil }
            guard state.waiting.count > limit else {
                defer { state.waiting = [] }
                return state.waiting
            }
            defer { state.waiting.removeFirst(limit) }
            return Array(state.waiting.prefix(limit))
        }
        return taken ?? []
    }

    /// Blocks the calling thread until so many calls wait, but no longer than `time`.
    ///
    /// For a thread that has just answered as many: whoever was answered is likely to call again at once, and one trip to the disk for
    /// all of them is better than two.
    func gather(_ count: Int, for time: Duration) {
        guard count > 1 else { return }
        self.state.withLock { state in state.wakeCount = count }
        _ = self.state.wait(atMost: time) { $0.waiting.count >= count || $0.isClosed ? true : nil }
        self.state.withLock { state in state.wakeCount = 1 }
    }

    /// Answers calls that were taken.
    func answer(_ calls: [Taken], with results: [Result<Answer, ChatError>]) {
        let waiters = self.state.withLock { state in calls.map { state.waiters.removeValue(forKey: $0.token) } }
        for (waiter, result) in zip(waiters, results) { waiter?.continuation.resume(returning: result) }
    }

    /// Answers the calls whose time is over; those not taken yet are not carried out any more.
    func expire(now: ContinuousClock.Instant) {
        let expired = self.state.withLock { state -> [Waiter] in
            let tokens = state.waiters.filter { $0.value.deadline <= now }.keys
            guard !tokens.isEmpty else { return [] }
            state.waiting.removeAll { tokens.contains($0.token) }
            return tokens.compactMap { state.waiters.removeValue(forKey: $0) }
        }
        for waiter in expired { waiter.continuation.resume(returning: .failure(.storeTimedOut)) }
    }

    /// Refuses all further calls; those that wait are still carried out.
    func close() {
        self.state.withLockWakingAll { $0.isClosed = true }
    }
}

extension ChatError {
    fileprivate static var storeClosed: ChatError { ChatError(.unavailable, "The store is closed.") }

    fileprivate static var storeOverloaded: ChatError {
        ChatError(.unavailable, "The store has too much to do; try again later.")
    }

    fileprivate static var storeTimedOut: ChatError {
        ChatError(.unavailable, "The disk did not answer in time; the outcome is unknown.")
    }
}
