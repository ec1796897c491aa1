internal import ChatifyCore

/// A pod's way to the rate limiter that all pods share; counts along.
final class SimulatedLimiter: RateLimiter, @unchecked Sendable {
    private let world: World
    private let link: Link

    init(world: World, link: Link) {
        self.world = world
        self.link = link
    }

    func checkAndIncrement(
        _ key: RateLimitKey,
        windows: [RateLimitWindow]
    ) async throws(ChatError) -> RateLimitDecision {
        try await self.link.call { () async throws(ChatError) in
            let decision = try await self.world.limiter.checkAndIncrement(key, windows: windows)
            self.world.limited(key, windows[0], isAllowed: decision.isAllowed)
            return decision
        }
    }
}

/// The calls of one key that the limiter let through in the window that is open.
struct AllowedCalls {
    private var windowStart: Duration?
    private var count = 0

    /// Counts a call and answers whether the limiter decided rightly.
    mutating func isRight(_ isAllowed: Bool, _ window: RateLimitWindow, at now: Duration) -> Bool {
        if self.windowStart.map({ now >= $0 + window.length }) ?? true { (self.windowStart, self.count) = (nil, 0) }
        guard isAllowed else { return self.count >= window.threshold }
        self.windowStart = self.windowStart ?? now
        self.count += 1
        return self.count <= window.threshold
    }
}
