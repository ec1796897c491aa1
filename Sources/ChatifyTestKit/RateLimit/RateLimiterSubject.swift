public import ChatifyCore

/// A law of the `RateLimiter` port.
public typealias RateLimiterCheck = ConformanceCheck<RateLimiterSubject>

/// A limiter under test, and what a check may do to it.
public struct RateLimiterSubject: ConformanceSubject {
    /// The limiter; it has counted nothing.
    public var limiter: any RateLimiter
    /// Lets that much time pass for the limiter, by a clock of the test's or in truth.
    ///
    /// Checks ask for a few seconds at most.
    public var wait: (@Sendable (Duration) async throws -> Void)?
    /// Makes the instance of another pod over the same counters, if they are shared.
    public var another: (@Sendable () async throws -> any RateLimiter)?
    /// How long one step may take before a check says that it hangs.
    public var patience: Duration

    /// Makes a subject; without `wait` and `another` the laws that need them do not apply.
    public init(
        _ limiter: any RateLimiter,
        wait: (@Sendable (Duration) async throws -> Void)? = nil,
        another: (@Sendable () async throws -> any RateLimiter)? = nil,
        patience: Duration = .seconds(30)
    ) {
        self.limiter = limiter
        self.wait = wait
        self.another = another
        self.patience = patience
    }

    /// What the closures can show.
    public var offers: Set<ConformanceNeed> {
        var offers: Set<ConformanceNeed> = []
        if self.wait != nil { offers.insert(.time) }
        if self.another != nil { offers.insert(.sharing) }
        return offers
    }
}

extension RateLimiterSubject {
    /// Lets time pass.
    func pass(_ duration: Duration) async throws {
        guard let wait = self.wait else { throw BrokenLaw("There is no `wait`") }
        try await wait(duration)
    }
}

extension RateLimiter {
    /// Counts one call of `user`.
    func call(
        _ user: String,
        _ windows: (threshold: Int, seconds: Int)...,
        endpoint: String = "SendMessage"
    ) async throws -> RateLimitDecision {
        try await self.checkAndIncrement(
            RateLimitKey(userID: UserID(unchecked: user), endpoint: endpoint),
            windows: windows.map { RateLimitWindow(threshold: $0.threshold, length: .seconds($0.seconds)) }
        )
    }
}
