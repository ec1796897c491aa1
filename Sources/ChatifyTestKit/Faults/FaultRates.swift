/// How often each fault comes, as a share of all calls from 0 to 1.
///
/// What a rate has no meaning for ignores it: only logs have wake-ups, only what may be repeated is.
public struct FaultRates: Sendable, Hashable {
    /// The call fails and nothing was done.
    public var failBefore = 0.0
    /// The call fails although it was done: the answer was lost.
    public var failAfter = 0.0
    /// The call takes up to ``longestDelay``.
    public var delay = 0.0
    /// The call is done twice, or records come again.
    public var duplicate = 0.0
    /// Partitions overtake one another in a batch; the order within each stays.
    public var reorder = 0.0
    /// A reader is not told that there are records, and looks again after ``longestDelay``.
    public var dropWakeUp = 0.0
    /// The longest delay.
    public var longestDelay: Duration = .seconds(1)

    /// Makes rates of which none is above zero.
    public init() {}

    /// A share for every fault, such as 0.1 for a rough day.
    public static func all(_ share: Double, longestDelay: Duration = .seconds(1)) -> FaultRates {
        var rates = FaultRates()
        rates.failBefore = share
        rates.failAfter = share
        rates.delay = share
        rates.duplicate = share
        rates.reorder = share
        rates.dropWakeUp = share
        rates.longestDelay = longestDelay
        return rates
    }
}
