import ChatifyCore
import TestSupport

/// A log that numbers its records, and that a test can hold up or let fail.
final class FakeProducer: ChatEventProducer {
    private struct State {
        var isHeld = false
        var waiters: [CheckedContinuation<Void, Never>] = []
        var offset: Int64 = 0
        var failure: ChatError?
    }

    /// What was asked to be produced, before any hold.
    let begun = Recorder<ChatEvent>()
    private let state = Locked(State())

    var guarantees: LogGuarantees { LogGuarantees(isDurable: false, isShared: false) }

    func produce(_ event: ChatEvent, headers: RecordHeaders) async throws(ChatError) -> LogPosition {
        self.begun.record(event)
        await self.waitWhileHeld()
        let outcome: Result<LogPosition, ChatError> = self.state.withLock { state in
            if let failure = state.failure { return .failure(failure) }
            defer { state.offset += 1 }
            return .success(LogPosition(partition: 0, offset: state.offset))
        }
        return try outcome.get()
    }

    func hold() { self.state.withLock { $0.isHeld = true } }

    func release() {
        let waiters = self.state.withLock { state in
            state.isHeld = false
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume() }
    }

    func fail(with error: ChatError) { self.state.withLock { $0.failure = error } }

    private func waitWhileHeld() async {
        await withCheckedContinuation { continuation in
            let mustWait = self.state.withLock { state in
                if state.isHeld { state.waiters.append(continuation) }
                return state.isHeld
            }
            if !mustWait { continuation.resume() }
        }
    }
}
