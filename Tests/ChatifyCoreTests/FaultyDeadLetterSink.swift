import ChatifyCore
import TestSupport

/// A dead-letter sink that fails as often as the test says.
final class FaultyDeadLetterSink: DeadLetterSink {
    let letters = Recorder<DeadLetter>()
    let failures = Locked(0)

    func send(_ letter: DeadLetter) async throws(ChatError) {
        try self.failures.withLock { failures throws(ChatError) in
            guard failures > 0 else { return }
            failures -= 1
            throw ChatError(.unavailable, "The sink is down.")
        }
        self.letters.record(letter)
    }
}
