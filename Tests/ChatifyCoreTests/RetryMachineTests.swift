import TestSupport
import Testing

@testable import ChatifyCore

@Suite struct RetryMachineTests {
    private func policy(
        attempts: Int = 5,
        base: Duration = .milliseconds(100),
        cap: Duration = .seconds(10)
    ) -> RetryPolicy {
        var policy = RetryPolicy()
        policy.maximumAttempts = attempts
        policy.baseDelay = base
        policy.maximumDelay = cap
        return policy
    }

    private func actions(_ policy: RetryPolicy, random: UInt64) -> [RetryMachine.Action] {
        var machine = RetryMachine(policy: policy)
        return (0..<policy.maximumAttempts).map { _ in machine.failed(random: random) }
    }

    @Test func theGreatestNumberGivesTheLongestWaits() {
        let waits = [100, 200, 400, 800].map { RetryMachine.Action.retry(after: .milliseconds($0)) }
        #expect(self.actions(RetryPolicy(), random: .max) == waits + [.giveUp])
    }

    @Test func zeroGivesNoWait() {
        let waits = [RetryMachine.Action](repeating: .retry(after: .zero), count: 4)
        #expect(self.actions(RetryPolicy(), random: 0) == waits + [.giveUp])
    }

    @Test func waitsAreCapped() {
        let waits = [4, 8, 10, 10, 10, 10].map { RetryMachine.Action.retry(after: .seconds($0)) }
        #expect(self.actions(self.policy(attempts: 7, base: .seconds(4)), random: .max) == waits + [.giveUp])
    }

    @Test(
        arguments: [(1, [.giveUp]), (0, []), (2, [.retry(after: .milliseconds(100)), .giveUp])]
            as [(Int, [RetryMachine.Action])]
    )
    func attempts(count: Int, expected: [RetryMachine.Action]) {
        #expect(self.actions(self.policy(attempts: count), random: .max) == expected)
    }

    @Test(arguments: [
        (Duration.zero, Duration.seconds(1), Duration.zero), (.seconds(-5), .seconds(1), .zero),
        (.seconds(Int64.max), .seconds(Int64.max), .seconds(Int64.max)), (.seconds(5), .zero, .zero),
    ])
    func oddPoliciesDoNotCrash(base: Duration, cap: Duration, expected: Duration) {
        var machine = RetryMachine(policy: self.policy(attempts: 100, base: base, cap: cap))
        for _ in 0..<99 { #expect(machine.failed(random: .max) == .retry(after: expected)) }
        #expect(machine.failed(random: .max) == .giveUp)
        #expect(machine.failed(random: .max) == .giveUp)
    }

    @Test func theJitterIsSpreadEvenly() {
        var generator = SeededRandom(seed: 7)
        var sum = Duration.zero
        for _ in 0..<10_000 {
            var machine = RetryMachine(policy: RetryPolicy())
            guard case .retry(let wait) = machine.failed(random: generator.next()) else { continue }
            #expect(wait >= .zero && wait <= .milliseconds(100))
            sum += wait
        }
        #expect(sum / 10_000 > .milliseconds(49) && sum / 10_000 < .milliseconds(51))
    }

    @Test func theConsumersPausesDoubleAndBeginAnew() {
        var backoff = ConsumerBackoff(policy: BackoffPolicy())
        #expect((0..<7).map { _ in backoff.failed() } == [1, 2, 4, 8, 16, 16, 16].map { .seconds($0) })
        backoff.succeeded()
        #expect(backoff.failed() == .seconds(1))
    }

    @Test func anOutageIsNewOnceAndEndsOnce() {
        var outage = Outage(BackoffPolicy())
        // true: a failure, false: a success.
        let lines = [false, true, true, false, false, true].map { $0 ? outage.failed().isNew : outage.succeeded() }
        #expect(lines == [false, true, false, true, false, true])
        #expect(outage.failed().pause == .seconds(2))
    }
}
