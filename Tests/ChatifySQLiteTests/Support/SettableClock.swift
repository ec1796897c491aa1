internal import ChatifyCore

/// A clock whose time the test moves; nobody sleeps by it.
final class SettableClock: Sendable {
    private let time: Locked<(now: Timestamp, uptime: Duration)>

    init(now: Timestamp) { self.time = Locked((now, .zero)) }

    func advance(by duration: Duration) {
        self.time.withLock { $0 = ($0.now.advanced(by: duration), $0.uptime + duration) }
    }

    var chatClock: ChatClock {
        ChatClock(
            now: { self.time.withLock { $0.now } },
            uptime: { self.time.withLock { $0.uptime } },
            sleep: ChatClock.system.sleep
        )
    }
}
