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

    /// Counts one call if it is within the threshold; never suspends.
    public func checkAndIncrement(
        _ key: RateLimitKey,
        threshold: Int,
        window: Duration
    ) async throws(ChatError) -> RateLimitDecision {
        guard threshold >= 1 else { throw ChatError(.configuration, "A rate limit's threshold must be at least 1.") }
        guard window >= .seconds(1), window.components.attoseconds == 0 else {
            throw ChatError(.configuration, "A rate limit's window must be whole seconds, at least 1.")
        }
        let now = self.clock.uptime()
        return self.state.withLock { state in
            state.count(Key(key: key, window: window), threshold: threshold, now: now)
        }
    }

    /// The number of windows held, ended ones that are not swept yet included.
    package var heldCount: Int { self.state.withLock { $0.windows.count } }
}

extension InMemoryRateLimiter.State {
    fileprivate mutating func count(
        _ key: InMemoryRateLimiter.Key,
        threshold: Int,
        now: Duration
    ) -> RateLimitDecision {
        var window = self.windows[key] ?? InMemoryRateLimiter.Window(count: 0, end: now + key.window)
        if window.end <= now { window = InMemoryRateLimiter.Window(count: 0, end: now + key.window) }
        let isAllowed = window.count < threshold
        if isAllowed {
            window.count += 1
            self.windows[key] = window
            if self.windows.count >= self.sweepAt { self.sweep(now: now) }
        }
        // Another call may have read a later time and opened the window before this one took the lock.
        let resetsAfter = min(window.end - now, key.window)
        return RateLimitDecision(isAllowed: isAllowed, count: window.count, resetsAfter: resetsAfter)
    }

    private mutating func sweep(now: Duration) {
        self.windows = self.windows.filter { $0.value.end > now }
        self.sweepAt = max(1024, self.windows.count * 2)
    }
}
