internal import ChatifyCore

/// Where a consumer's reader and its thread meet.
final class ConsumerCore: Sendable {
    let state: Locked<ConsumerState>
    /// Where the thread sleeps.
    let pipe = WakePipe()
    private let commitTimeout: Duration

    init(_ role: ConsumerRole, _ configuration: KafkaClientConfiguration) {
        self.state = Locked(ConsumerState(role, configuration))
        self.commitTimeout = configuration.requestTimeout
    }
}

// What the reader does.
extension ConsumerCore {
    func take(limit: Int) -> ConsumerState.Take {
        self.withLockWaking { $0.take(limit: limit) }
    }

    /// Returns when there may be records, when the consumer is closed, or when the task is cancelled.
    func waitForRecords() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let mustWait = self.state.withLock { state in
                    // A cancellation before this line is seen here; one after it finds the waiter.
                    guard !Task.isCancelled, state.isEmpty else { return false }
                    precondition(state.reader == nil, "Two tasks wait for the next batch of one consumer.")
                    state.reader = continuation
                    return true
                }
                if !mustWait { continuation.resume() }
            }
        } onCancel: {
            self.state.withLock { $0.takeReader() }?.resume()
        }
    }

    /// Returns when the brokers keep the offsets, or the time for that is over.
    func commit(_ positions: [LogPosition]) async throws(ChatError) {
        let result = await withCheckedContinuation { continuation in
            let answer = self.withLockWaking { state -> Result<Void, ChatError>? in
                guard !state.isClosing else { return .failure(.consumerClosed) }
                state.lastWaiter += 1
                guard state.commits.request(positions, waiter: state.lastWaiter) == .wait else { return .success(()) }
                state.commitWaiters[state.lastWaiter] = ConsumerState.CommitWaiter(
                    deadline: .now.advanced(by: self.commitTimeout),
                    continuation: continuation
                )
                return nil
            }
            if let answer { continuation.resume(returning: answer) }
        }
        try result.get()
    }

    /// Asks the thread to end.
    func beginClosing() {
        self.withLockWaking { state in
            state.isClosing = true
            return state.takeReader()
        }?.resume()
    }

    /// Runs `body` with the lock held, and then wakes the thread if it sleeps.
    private func withLockWaking<Result>(_ body: (inout ConsumerState) -> sending Result) -> sending Result {
        var mustWake = false
        let result = self.state.withLock { state in
            let result = body(&state)
            (mustWake, state.isAsleep) = (state.isAsleep, false)
            return result
        }
        if mustWake { self.pipe.wake() }
        return result
    }
}

// What the thread does.
extension ConsumerCore {
    /// Hands records to the reader.
    func append(_ items: [ReadBuffer.Item]) {
        self.state.withLock { state in
            state.append(items)
            return state.isEmpty ? nil : state.takeReader()
        }?.resume()
    }

    /// Tells the reader why there are no records.
    func fail(_ error: ChatError) {
        self.state.withLock { state in
            state.trouble = error
            return state.takeReader()
        }?.resume()
    }

    /// Takes note of the end of a commit.
    func committed(_ error: KafkaError?) {
        let waiters = self.state.withLock { state in state.takeWaiters(state.commits.ended(isKept: error == nil)) }
        waiters.resume(returning: error.map { .failure(.notCommitted($0)) } ?? .success(()))
    }

    /// Answers those who wait for what will not happen any more.
    func answerWaiters(now: ContinuousClock.Instant) {
        let (idle, expired) = self.state.withLock { state in
            let idle = state.commits.takeIdleWaiters()
            return (state.takeWaiters(idle), state.takeWaiters(expiredAt: now))
        }
        idle.resume(returning: .success(()))
        expired.resume(returning: .failure(.notCommitted(.timedOut)))
    }

    /// Answers everybody; the thread is about to end.
    func end() {
        let (reader, waiters) = self.state.withLock { state in
            state.isClosing = true
            return (state.takeReader(), state.takeWaiters(Array(state.commitWaiters.keys)))
        }
        reader?.resume()
        waiters.resume(returning: .failure(.consumerClosed))
    }
}

extension [ConsumerState.CommitWaiter] {
    fileprivate func resume(returning result: Result<Void, ChatError>) {
        for waiter in self { waiter.continuation.resume(returning: result) }
    }
}

extension ChatError {
    static var consumerClosed: ChatError { ChatError(.unavailable, "The consumer of the log is closed.") }

    static func notCommitted(_ error: KafkaError) -> ChatError {
        ChatError(.unavailable, "The log did not keep the offsets; records may come again.", cause: error)
    }

    static func notRead(_ error: KafkaError) -> ChatError {
        ChatError(.unavailable, "The log cannot be read at the moment.", cause: error)
    }
}
