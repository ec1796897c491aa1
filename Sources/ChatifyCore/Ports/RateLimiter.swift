/// Counts calls per key in fixed windows and refuses those beyond a threshold.
///
/// A window opens with the first call after the last one ended and is never extended by later calls, so a steady
/// caller below the threshold is never refused (contracts §6). Each call is atomic among all pods that share the
/// limiter.
public protocol RateLimiter: Sendable {
    /// Counts one call if it is within the threshold of every window, and says whether it was.
    ///
    /// Several windows, such as 100 per minute and 1000 per hour, are judged together: the call is counted in all of them or in none.
    ///
    /// - Parameters:
    ///   - key: Who calls what.
    ///   - windows: At least one; each of another length.
    /// - Throws: ``ChatError`` with code ``ChatError/Code/unavailable`` when the limiter is out of reach; the call may
    ///   have been counted. Code ``ChatError/Code/configuration`` for windows or an endpoint out of range.
    func checkAndIncrement(
        _ key: RateLimitKey,
        windows: [RateLimitWindow]
    ) async throws(ChatError) -> RateLimitDecision
}

extension RateLimiter {
    /// Counts one call in a single window; see ``checkAndIncrement(_:windows:)``.
    public func checkAndIncrement(
        _ key: RateLimitKey,
        threshold: Int,
        window: Duration
    ) async throws(ChatError) -> RateLimitDecision {
        try await self.checkAndIncrement(key, windows: [RateLimitWindow(threshold: threshold, length: window)])
    }
}

/// Who calls what.
public struct RateLimitKey: Sendable, Hashable {
    /// Who calls.
    public var userID: UserID
    /// What is called, such as `SendMessage`; neither empty nor with a `:`, which ends the user in a shared limiter's key.
    public var endpoint: String

    /// Makes a key of its parts.
    public init(userID: UserID, endpoint: String) {
        self.userID = userID
        self.endpoint = endpoint
    }
}

/// How many calls are allowed in how long a time.
public struct RateLimitWindow: Sendable, Hashable {
    /// The calls allowed per window, 1 to 1 000 000 000.
    public var threshold: Int
    /// The window's length, whole seconds, 1 s to 366 days.
    public var length: Duration

    /// Makes a window of its parts.
    public init(threshold: Int, length: Duration) {
        self.threshold = threshold
        self.length = length
    }
}

/// What a limiter decided.
public struct RateLimitDecision: Sendable, Hashable {
    /// Whether the call may go on.
    public var isAllowed: Bool
    /// The calls counted in the window that decided, this one included if it was allowed.
    ///
    /// Of several windows the one that decided is, for a refused call, the one that refused it and ends last; for an allowed call, the one
    /// with the fewest calls left.
    public var count: Int
    /// The time until that window ends.
    public var resetsAfter: Duration

    /// Makes a decision of its parts.
    public init(isAllowed: Bool, count: Int, resetsAfter: Duration) {
        self.isAllowed = isAllowed
        self.count = count
        self.resetsAfter = resetsAfter
    }
}
