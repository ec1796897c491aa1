/// Decides whether and when a call that failed is repeated: exponential back-off with full jitter.
///
/// The wait before repetition n (from 0) is drawn evenly from 0 to min(maximum, base · 2ⁿ), so that many callers whose
/// store went away together do not come back together.
package struct RetryMachine {
    /// What to do after a failure.
    package enum Action: Equatable {
        /// Wait that long, then call again.
        case retry(after: Duration)
        /// Enough calls were made.
        case giveUp
    }

    private let policy: RetryPolicy
    private var failures = 0

    /// Makes the machine for one call and its repetitions.
    package init(policy: RetryPolicy) {
        self.policy = policy
    }

    /// Takes note of a failure; `random` is spread evenly over all values.
    package mutating func failed(random: UInt64) -> Action {
        self.failures += 1
        guard self.failures < self.policy.maximumAttempts else { return .giveUp }
        let longest = self.policy.baseDelay.doubled(self.failures - 1, atMost: self.policy.maximumDelay)
        return .retry(after: longest.portion(random))
    }
}

extension Duration {
    /// The duration doubled `times` times, `limit` at most; zero if it is negative.
    func doubled(_ times: Int, atMost limit: Duration) -> Duration {
        var result = max(self, .zero)
        for _ in 0..<times where result > .zero && result < limit { result += result }
        return min(result, limit)
    }

    /// A part of the duration, to the microsecond: none for 0, all for the greatest number.
    fileprivate func portion(_ random: UInt64) -> Duration {
        let (seconds, attoseconds) = self.components
        let whole = UInt64(max(0, seconds)).multipliedReportingOverflow(by: 1_000_000)
        guard !whole.overflow, whole.partialValue < UInt64(Int64.max) / 2 else { return self }
        let microseconds = whole.partialValue + UInt64(max(0, attoseconds)) / 1_000_000_000_000
        return .microseconds(Int64((microseconds + 1).multipliedFullWidth(by: random).high))
    }
}
