/// How often and how patiently one call to a store is repeated (contracts §5).
public struct RetryPolicy: Sendable, Hashable {
    /// The calls made before giving up, the first one included; at least 1, 5 by default.
    public var maximumAttempts = 5
    /// The longest wait before the first repetition, doubled with each one; 100 ms by default.
    public var baseDelay: Duration = .milliseconds(100)
    /// The longest wait of all; 10 s by default.
    public var maximumDelay: Duration = .seconds(10)

    /// The policy of contracts §5.
    public init() {}
}
