/// How long a service pauses while something it needs is out of reach (contracts §5).
public struct BackoffPolicy: Sendable, Hashable {
    /// The first pause, doubled with each one after it; 1 s by default.
    public var initialDelay: Duration = .seconds(1)
    /// The longest pause; 16 s by default.
    public var maximumDelay: Duration = .seconds(16)

    /// The policy of contracts §5: 1, 2, 4, 8, 16, 16, … seconds.
    public init() {}
}
