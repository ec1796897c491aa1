import ChatifyCore
import ChatifyTestKit
import Testing

@Suite(.timeLimit(.minutes(5))) struct ConformanceReportTests {
    private struct Nothing: ConformanceSubject {
        var patience: Duration = .seconds(30)
        var offers: Set<ConformanceNeed> = []
    }

    private struct Mishap: Error {}

    private static let good = ConformanceCheck<Nothing>("is good", law: "Be good.") { _ in }
    private static let bad = ConformanceCheck<Nothing>("is bad", law: "Do not fail.") { _ in throw Mishap() }
    private static let idle = ConformanceCheck<Nothing>("is durable", law: "Last.", requires: [.durability]) { _ in }

    @Test func aReportIsATable() async {
        let report = await Conformance.run([Self.good, Self.bad, Self.idle]) { _ in Nothing() }
        #expect(
            report.description == """
                passed          is good
                FAILED          is bad
                                Failed where it should not: Mishap(). The contract says: Do not fail.
                not applicable  is durable
                                needs an adapter that declares itself durable, and `restart`
                1 passed, 1 failed, 1 not applicable
                """
        )
        #expect(report.passed == ["is good"] && report.notApplicable == ["is durable"])
        #expect(report.failures.map(\.law) == ["Do not fail."])
    }

    @Test func anErrorIsOneSentence() async {
        let check = ConformanceCheck<Nothing>("is there", law: "Be there.") { _ in
            throw ChatError(.unavailable, "The store is away.")
        }
        let failure = await check.outcome(on: Nothing()).failure
        #expect(failure?.description.hasSuffix("The store is away. The contract says: Be there.") == true)
    }

    @Test func whatIsNotTriedHasNotPassed() async {
        let failure = await #expect(throws: ConformanceFailure.self) { try await Self.idle.run(on: Nothing()) }
        #expect(failure?.deed.hasPrefix("Not tried") == true)
        await #expect(throws: Never.self) { try await Self.idle.run(on: Nothing(offers: [.durability])) }
    }

    @Test func anAdapterThatCannotBeMadeIsAFailure() async {
        let report = await Conformance.run([Self.good]) { _ -> Nothing in throw Mishap() }
        #expect(report.failures.map(\.deed) == ["There was no adapter to try: Mishap()"])
    }

    @Test func whatHangsIsGivenUp() async {
        let held = Locked<CheckedContinuation<Void, Never>?>(nil)
        let hanging = ConformanceCheck<Nothing>("comes to an end", law: "End.") { _ in
            // Heeds no cancellation.
            await withCheckedContinuation { continuation in held.withLock { $0 = continuation } }
        }
        let outcome = await hanging.outcome(on: Nothing(patience: .milliseconds(50)))
        #expect(outcome.failure?.deed.hasPrefix("Did not come to an end") == true)
        held.withLock { $0 }?.resume()
    }

    @Test func namesAreUnique() {
        func areUnique<Subject>(_ checks: [ConformanceCheck<Subject>]) -> Bool {
            Set(checks.map(\.name)).count == checks.count && checks.allSatisfy { !$0.law.isEmpty }
        }
        #expect(areUnique(HistoryRepositoryCheck.all))
        #expect(areUnique(EventLogCheck.all))
        #expect(areUnique(PresenceServiceCheck.all))
        #expect(areUnique(RateLimiterCheck.all))
        #expect(areUnique(DeadLetterSinkCheck.all))
        #expect(areUnique(ScopeAuthorizerCheck.all))
        #expect(areUnique(AuthenticatorCheck.all))
    }
}
