public import ChatifyCore

/// A law of the `RateLimiter` port.
public typealias RateLimiterCheck = ConformanceCheck<RateLimiterSubject>

/// A limiter under test, which has counted nothing.
public typealias RateLimiterSubject = ExpiringSubject<any RateLimiter>

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
