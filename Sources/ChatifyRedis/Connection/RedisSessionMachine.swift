internal import ChatifyCore

/// Decides about one connection after the other: when to connect, when commands may flow, how long to pause.
struct RedisSessionMachine {
    enum State: Hashable {
        /// Made, not begun.
        case idle
        /// `begin()` or a pause's end asked for a connection that the server has not taken yet.
        case connecting
        /// The server took it; login and first answer are under way.
        case greeting
        /// All greetings were answered well.
        case ready
        /// A connection failed or ended.
        case pausing
        /// `close()` was called; for good.
        case closed
    }

    enum Action: Equatable {
        case none
        /// Open a connection and set its deadline; `attempt` counts from 0 since the last one that was ready.
        case connect(attempt: Int)
        /// Send the greeting.
        case greet
        /// Let commands flow; say so if there was an outage.
        case open(isRecovery: Bool)
        /// Drop the connection, fail what is under way, connect after the pause; say so if it is news.
        case pause(Duration, isNews: Bool)
        /// Drop the connection and all else.
        case end
    }

    private(set) var state = State.idle
    private let policy: RetryPolicy
    private var retry: RetryMachine
    private var failures = 0

    init(reconnect policy: RetryPolicy) {
        self.policy = policy
        self.retry = RetryMachine(policy: policy)
    }

    mutating func begin() -> Action {
        guard self.state == .idle else { return .none }
        self.state = .connecting
        return .connect(attempt: 0)
    }

    mutating func connected() -> Action {
        guard self.state == .connecting else { return .none }
        self.state = .greeting
        return .greet
    }

    mutating func greeted() -> Action {
        guard self.state == .greeting else { return .none }
        self.state = .ready
        defer {
            self.failures = 0
            self.retry = RetryMachine(policy: self.policy)
        }
        return .open(isRecovery: self.failures > 0)
    }

    /// Takes note that the connection is gone, or has to go; `random` is spread evenly over all values.
    mutating func failed(random: UInt64) -> Action {
        switch self.state {
        case .idle, .pausing, .closed: return .none
        case .connecting, .greeting, .ready: break
        }
        self.state = .pausing
        self.failures += 1
        let pause: Duration
        switch self.retry.failed(random: random) {
        case .retry(let after): pause = after
        // Only a policy that counts attempts gets here: it is tried for ever all the same.
        case .giveUp: pause = self.policy.maximumDelay
        }
        return .pause(pause, isNews: self.failures == 1)
    }

    mutating func paused() -> Action {
        guard self.state == .pausing else { return .none }
        self.state = .connecting
        return .connect(attempt: self.failures)
    }

    mutating func close() -> Action {
        guard self.state != .closed else { return .none }
        self.state = .closed
        return .end
    }
}
