/// Which calls go wrong, and how: one seed, one plan.
///
/// The decision for a call follows from the seed and the call's number alone, so a schedule that repeats the calls repeats the faults.
public struct FaultPlan: Sendable, Hashable {
    /// What everything follows from.
    public let seed: UInt64
    /// How often each fault comes.
    public let rates: FaultRates

    private enum Aspect: UInt64 { case failure, delay, length, duplicate, reorder, shuffle, wakeUp }

    /// Makes a plan.
    public init(seed: UInt64, rates: FaultRates) {
        self.seed = seed
        self.rates = rates
    }

    /// What happens to the call of that number.
    public func decision(forCall number: Int) -> FaultDecision {
        var decision = FaultDecision()
        let luck = self.share(.failure, number)
        if luck < self.rates.failBefore {
            decision.failure = .before
        } else if luck < self.rates.failBefore + self.rates.failAfter {
            decision.failure = .after
        }
        if self.share(.delay, number) < self.rates.delay {
            decision.delay = self.rates.longestDelay * self.share(.length, number)
        }
        decision.isDuplicated = self.share(.duplicate, number) < self.rates.duplicate
        if self.share(.reorder, number) < self.rates.reorder { decision.shuffle = self.number(.shuffle, number) }
        if self.share(.wakeUp, number) < self.rates.dropWakeUp { decision.lostWakeUp = self.rates.longestDelay }
        return decision
    }

    /// A number from 0 up to 1 that belongs to one aspect of one call.
    private func share(_ aspect: Aspect, _ call: Int) -> Double {
        Double(self.number(aspect, call) >> 11) / Double(1 << 53 as UInt64)
    }

    private func number(_ aspect: Aspect, _ call: Int) -> UInt64 {
        let place = UInt64(truncatingIfNeeded: call) &* 8 &+ aspect.rawValue &+ 1
        // The generator's states for one seed are all that a step of this size leads to; its output scatters them.
        return scattered(self.seed &+ place &* 0x9E37_79B9_7F4A_7C15)
    }
}

/// The output function of SplitMix64 (Steele, Lea, Flood: “Fast splittable pseudorandom number generators”, 2014).
private func scattered(_ state: UInt64) -> UInt64 {
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
}
