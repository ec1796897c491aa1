internal import ChatifyCore

/// A request to stop that one task waits for; sent once, seen whether it came before or after the wait began.
final class StopSignal: Sendable {
    private enum State {
        case idle
        case waiting(CheckedContinuation<Void, Never>)
        case sent
    }

    private let state = Locked(State.idle)

    func send() {
        let waiter: CheckedContinuation<Void, Never>? = self.state.withLock { state in
            defer { state = .sent }
            if case .waiting(let continuation) = state { return continuation }
            return nil
        }
        waiter?.resume()
    }

    /// Returns when the signal was sent or the task was cancelled; for one task only.
    func wait() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isSent = self.state.withLock { state in
                    if case .sent = state { return true }
                    state = .waiting(continuation)
                    return false
                }
                if isSent { continuation.resume() }
            }
        } onCancel: {
            self.send()
        }
    }
}
