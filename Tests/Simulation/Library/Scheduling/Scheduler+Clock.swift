internal import ChatifyCore

extension Scheduler {
    /// The wall clock's reading when a world begins: 2026-01-01T00:00:00Z.
    static let beginning = Timestamp(millisecondsSinceEpoch: 1_767_225_600_000)

    /// Waits, come what may: neither cancellation nor anything else ends it early.
    func sleep(_ duration: Duration) async {
        await withUnsafeContinuation { (continuation: UnsafeContinuation<Void, Never>) in
            self.after(duration) { continuation.resume() }
        }
    }

    /// A pod's clocks; `skew` says how far its wall clock is off.
    func clock(skew: @escaping @Sendable () -> Duration) -> ChatClock {
        ChatClock(
            now: { Self.beginning.advanced(by: self.now + skew()) },
            uptime: { self.now },
            sleep: { try await self.cancellableSleep($0) }
        )
    }

    private func cancellableSleep(_ duration: Duration) async throws {
        let sleeper = Sleeper()
        await withTaskCancellationHandler {
            await withUnsafeContinuation { (continuation: UnsafeContinuation<Void, Never>) in
                guard !Task.isCancelled else { return continuation.resume() }
                sleeper.continuation = continuation
                sleeper.timer = self.after(duration) { sleeper.wake() }
            }
        } onCancel: {
            sleeper.wake()
        }
        try Task.checkCancellation()
    }
}

/// One who sleeps, and is woken once.
private final class Sleeper: @unchecked Sendable {
    var continuation: UnsafeContinuation<Void, Never>?
    var timer: SimulatedTimer?

    func wake() {
        self.timer?.stop()
        self.continuation?.resume()
        self.continuation = nil
    }
}
