/// A rate limiter that counts the calls of this process.
///
/// Memory is bounded by about twice the windows that are open at one time: when twice as many are held as the last
/// sweep left, the ended ones are dropped, which costs a call no more than a constant on average.
public final class InMemoryRateLimiter: RateLimiter {
    fileprivate struct Key: Hashable {
        let key: RateLimitKey
        let window: Duration
    }

    fileprivate struct Window {
        var count: Int
        /// When the window ends, by ``ChatClock/uptime``.
        let end: Duration
    }

    fileprivate struct State {
        var windows: [Key: Window] = [:]
        /// The number of windows at which the ended ones are swept.
        var sweepAt = 1024
    }

    private let clock: ChatClock
    private let state = Locked(State())

    /// Makes a limiter without open windows.
    public init(clock: ChatClock) {
        self.clock = clock
    }

    /// Counts one call if it is within every threshold; never suspends.
    public func checkAndIncrement(
        _ key: RateLimitKey,
        windows: [RateLimitWindow]
    ) async throws(ChatError) -> RateLimitDecision {
        try key.validate(windows)
        let now = self.clock.uptime()
        return self.state.withLock { state in state.count(key, windows, now: now) }
    }

    /// The number of windows held, ended ones that are not swept yet included.
    package var heldCount: Int { self.state.withLock { $0.windows.count } }
}

extension InMemoryRateLimiter.State {
    fileprivate mutating func count(
        _ key: RateLimitKey,
        _ windows: [RateLimitWindow],
        now: Duration
    ) -> RateLimitDecision {
        let isAllowed = windows.allSatisfy { window in
            self.open(InMemoryRateLimiter.Key(key: key, window: window.length), now: now).count < window.threshold
        }
        let counts = windows.map { window in
            let key = InMemoryRateLimiter.Key(key: key, window: window.length)
            var state = self.open(key, now: now)
            if isAllowed {
                state.count += 1
                self.windows[key] = state
            }
            // Another call may have read a later time and opened the window before this one took the lock.
            let resetsAfter = min(state.end - now, window.length)
            return RateLimitDecision.Count(threshold: window.threshold, count: state.count, resetsAfter: resetsAfter)
        }
        if isAllowed, self.windows.count >= self.sweepAt { self.sweep(now: now) }
        return RateLimitDecision(isAllowed: isAllowed, of: counts)
    }

    /// The window that is open, or a new one.
    private func open(_ key: InMemoryRateLimiter.Key, now: Duration) -> InMemoryRateLimiter.Window {
        guard let window = self.windows[key], window.end > now else {
            return InMemoryRateLimiter.Window(count: 0, end: now + key.window)
        }
        return window
    }

    private mutating func sweep(now: Duration) {
        self.windows = self.windows.filter { $0.value.end > now }
        self.sweepAt = max(1024, self.windows.count * 2)
    }
}
