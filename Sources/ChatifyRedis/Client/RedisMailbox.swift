internal import ChatifyCore

/// What tasks elsewhere hand to the client's loop: one lock, one array, one wake-up per batch.
final class RedisMailbox: Sendable {
    enum Message: Sendable {
        case submit(RedisCall, UnsafeContinuation<Void, Never>)
        case cancel(RedisCall)
        case awaitReady(Int, CheckedContinuation<Bool, Never>)
        case cancelAwaiting(Int)
    }

    private struct State {
        var messages: [Message] = []
        var lastID = 0
    }

    private let state = Locked(State())

    func nextID() -> Int {
        self.state.withLock { state in
            state.lastID += 1
            return state.lastID
        }
    }

    /// Puts a message last; true means that the caller has to wake the loop, which has to take the messages.
    func post(_ message: Message) -> Bool {
        self.state.withLock { state in
            state.messages.append(message)
            return state.messages.count == 1
        }
    }

    func takeAll() -> [Message] {
        self.state.withLock { state in
            defer { state.messages = [] }
            return state.messages
        }
    }
}
