/// What happens to one call.
public struct FaultDecision: Sendable, Hashable {
    /// Whether and when the call fails.
    public enum Failure: Sendable, Hashable {
        /// It does not.
        case none
        /// Nothing was done.
        case before
        /// It was done, and the answer is lost.
        case after
    }

    /// Whether and when the call fails.
    public var failure = Failure.none
    /// How long it takes before anything else happens.
    public var delay: Duration = .zero
    /// Whether it is done twice, or records come again.
    public var isDuplicated = false
    /// What decides the order of partitions in a batch; `nil` leaves it.
    public var shuffle: UInt64?
    /// How long a reader waits although there may be records.
    public var lostWakeUp: Duration = .zero

    /// Makes a decision that nothing goes wrong.
    public init() {}
}
