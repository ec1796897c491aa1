import ChatifyTestKit
import Testing

@Suite struct FaultPlanTests {
    @Test func aSeedIsAPlan() {
        let plans = [1, 1, 2].map { FaultPlan(seed: $0, rates: .all(0.3)) }
        let decisions = plans.map { plan in (0..<200).map { plan.decision(forCall: $0) } }
        #expect(decisions[0] == decisions[1])
        #expect(decisions[0] != decisions[2])
    }

    @Test func ratesAreShares() {
        let plan = FaultPlan(seed: 7, rates: .all(0.2, longestDelay: .seconds(4)))
        let decisions = (0..<50_000).map { plan.decision(forCall: $0) }
        let counts = [
            decisions.count { $0.failure == .before }, decisions.count { $0.failure == .after },
            decisions.count { $0.delay > .zero }, decisions.count { $0.isDuplicated },
            decisions.count { $0.shuffle != nil }, decisions.count { $0.lostWakeUp == .seconds(4) },
        ]
        for count in counts { #expect((9500...10_500).contains(count), "\(counts)") }
        #expect(decisions.allSatisfy { $0.delay < .seconds(4) })
        #expect(decisions.contains { $0.delay > .seconds(3.9) })
    }

    @Test func neverAndAlways() {
        let never = FaultPlan(seed: 7, rates: FaultRates())
        #expect((0..<1000).allSatisfy { never.decision(forCall: $0) == FaultDecision() })
        var rates = FaultRates()
        rates.failAfter = 1
        let always = FaultPlan(seed: 7, rates: rates)
        #expect((0..<1000).allSatisfy { always.decision(forCall: $0).failure == .after })
    }
}
