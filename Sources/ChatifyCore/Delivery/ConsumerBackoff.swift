/// The pauses of a service that waits for something to come back: each twice as long as the one before, up to a limit.
package struct ConsumerBackoff {
    private let policy: BackoffPolicy
    private var failures = 0

    /// Makes the back-off before its first pause.
    package init(policy: BackoffPolicy) {
        self.policy = policy
    }

    /// Takes note of a failure and returns how long to pause.
    package mutating func failed() -> Duration {
        let pause = self.policy.initialDelay.doubled(self.failures, atMost: self.policy.maximumDelay)
        // Beyond this the pause has reached any limit.
        self.failures = min(self.failures + 1, 64)
        return pause
    }

    /// Begins anew with the first pause.
    package mutating func succeeded() {
        self.failures = 0
    }
}
