/// Counts calls per key in fixed windows and refuses those beyond a threshold.
///
/// A window opens with the first call after the last one ended and is never extended by later calls, so a steady
/// caller below the threshold is never refused (contracts §6). Each call is atomic among all pods that share the
/// limiter.
public protocol RateLimiter: Sendable {
    /// Counts one call if it is within the threshold, and says whether it was.
    ///
    /// - Parameters:
    ///   - key: Who calls what.
    ///   - threshold: The calls allowed per window, at least 1.
    ///   - window: The window's length, whole seconds, at least 1 s.
    /// - Throws: ``ChatError`` with code ``ChatError/Code/unavailable`` when the limiter is out of reach; the call may
    ///   have been counted. Code ``ChatError/Code/configuration`` for a threshold or window out of range.
    func checkAndIncrement(
        _ key: RateLimitKey,
        threshold: Int,
        window: Duration
    ) async throws(ChatError) -> RateLimitDecision
}

/// Who calls what.
public struct RateLimitKey: Sendable, Hashable {
    /// Who calls.
    public var userID: UserID
    /// What is called, such as `SendMessage`.
    public var endpoint: String

    /// Makes a key of its parts.
    public init(userID: UserID, endpoint: String) {
        self.userID = userID
        self.endpoint = endpoint
    }
}

/// What a limiter decided.
public struct RateLimitDecision: Sendable, Hashable {
    /// Whether the call may go on.
    public var isAllowed: Bool
    /// The calls counted in this window, this one included if it was allowed.
    public var count: Int
    /// The time until the window ends.
    public var resetsAfter: Duration

    /// Makes a decision of its parts.
    public init(isAllowed: Bool, count: Int, resetsAfter: Duration) {
        self.isAllowed = isAllowed
        self.count = count
        self.resetsAfter = resetsAfter
    }
}
