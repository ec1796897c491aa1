public import ChatifyCore

/// A clock whose time the test moves; its wall time starts at ``start``, its uptime at zero, and both move together.
///
/// Hand its ``chatClock`` to whatever takes a clock, and nothing has to sleep: expiry, back-off and time-outs come when the test says so, the
/// sleepers woken in the order of their deadlines.
public final class ManualClock: Sendable {
    private struct Sleeper {
        let id: Int
        let deadline: Duration
        let continuation: CheckedContinuation<Void, any Error>
    }

    private struct State {
        var uptime: Duration = .zero
        /// By deadline, then by arrival.
        var sleepers: [Sleeper] = []
        var watchers: [Int: (count: Int, continuation: CheckedContinuation<Void, Never>)] = [:]
        var lastID = 0

        mutating func nextID() -> Int {
            self.lastID += 1
            return self.lastID
        }
    }

    /// The wall time at which the clock begins.
    public let start: Timestamp
    private let state = Locked(State())

    /// Makes a clock that stands still until it is moved.
    public init(start: Timestamp = Timestamp(millisecondsSinceEpoch: 1_768_473_000_000)) {
        self.start = start
    }

    /// How far time has been moved.
    public var uptime: Duration { self.state.withLock { $0.uptime } }

    /// The wall time.
    public var now: Timestamp { self.start.advanced(by: self.uptime) }

    /// How many tasks sleep by this clock.
    public var sleeperCount: Int { self.state.withLock { $0.sleepers.count } }

    /// This clock in the form that parts of a chat take.
    public var chatClock: ChatClock {
        ChatClock(now: { self.now }, uptime: { self.uptime }, sleep: { try await self.sleep($0) })
    }

    /// Moves time, waking the sleepers it passes in the order of their deadlines.
    public func advance(by duration: Duration) {
        let end = self.uptime + duration
        while let sleeper = self.takeSleeper(notAfter: end) { sleeper.continuation.resume() }
        self.state.withLock { $0.uptime = end }
    }

    /// Moves time to the earliest deadline and wakes who sleeps until then.
    public func advanceToNextSleeper() {
        guard let deadline = self.state.withLock({ $0.sleepers.first?.deadline }) else { return }
        self.advance(by: max(.zero, deadline - self.uptime))
    }

    /// Lets time run as fast as its sleepers allow, until the task is cancelled.
    public func runFreely() async {
        while !Task.isCancelled {
            await self.waitForSleepers()
            self.advanceToNextSleeper()
        }
    }

    /// Returns once so many are asleep, or the task is cancelled.
    public func waitForSleepers(_ count: Int = 1) async {
        let id = self.state.withLock { $0.nextID() }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let mustWait = self.state.withLock { state in
                    guard !Task.isCancelled, state.sleepers.count < count else { return false }
                    state.watchers[id] = (count, continuation)
                    return true
                }
                if !mustWait { continuation.resume() }
            }
        } onCancel: {
            self.state.withLock { $0.watchers.removeValue(forKey: id)?.continuation }?.resume()
        }
    }

    private func takeSleeper(notAfter end: Duration) -> Sleeper? {
        self.state.withLock { state in
            guard let first = state.sleepers.first, first.deadline <= end else { return nil }
            state.uptime = max(state.uptime, first.deadline)
            return state.sleepers.removeFirst()
        }
    }

    private func sleep(_ duration: Duration) async throws {
        let id = self.state.withLock { $0.nextID() }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
                let isAsleep = self.state.withLock { state in
                    guard !Task.isCancelled else { return false }
                    let sleeper = Sleeper(id: id, deadline: state.uptime + duration, continuation: continuation)
                    let index = state.sleepers.firstIndex { $0.deadline > sleeper.deadline }
                    state.sleepers.insert(sleeper, at: index ?? state.sleepers.count)
                    return true
                }
                guard isAsleep else { return continuation.resume(throwing: CancellationError()) }
                self.wakeWatchers()
            }
        } onCancel: {
            let sleeper = self.state.withLock { state in
                state.sleepers.firstIndex { $0.id == id }.map { state.sleepers.remove(at: $0) }
            }
            sleeper?.continuation.resume(throwing: CancellationError())
        }
    }

    private func wakeWatchers() {
        let woken = self.state.withLock { state in
            let ready = state.watchers.filter { $0.value.count <= state.sleepers.count }
            for id in ready.keys { state.watchers[id] = nil }
            return ready.values.map(\.continuation)
        }
        for continuation in woken { continuation.resume() }
    }
}
