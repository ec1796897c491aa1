internal import ChatifyCore

/// Returns what `body` does, or throws `failure` when `limit` is over.
///
/// The work is cancelled then and left to itself: an adapter that hangs may not heed a cancellation, and whoever tests it must not hang with
/// it. That is why the task is not structured.
func abandon<Value: Sendable>(
    after limit: Duration,
    with failure: any Error,
    _ body: @escaping @Sendable () async throws -> Value
) async throws -> Value {
    let first = FirstResult<Value>()
    let work = Task {
        do { first.finish(.success(try await body())) } catch { first.finish(.failure(error)) }
    }
    let timer = Task {
        try await Task.sleep(for: limit)
        first.finish(.failure(failure))
    }
    defer {
        work.cancel()
        timer.cancel()
    }
    return try await withTaskCancellationHandler {
        try await first.value
    } onCancel: {
        work.cancel()
    }
}

/// The first of several results, for one who waits.
private final class FirstResult<Value: Sendable>: Sendable {
    private enum State {
        case empty
        case awaited(CheckedContinuation<Value, any Error>)
        case finished(Result<Value, any Error>)
    }

    private let state = Locked(State.empty)

    func finish(_ result: Result<Value, any Error>) {
        let waiting: CheckedContinuation<Value, any Error>? = self.state.withLock { state in
            switch state {
            case .empty:
                state = .finished(result)
                return nil
            case .awaited(let continuation):
                state = .finished(result)
                return continuation
            case .finished: return nil
            }
        }
        waiting?.resume(with: result)
    }

    var value: Value {
        get async throws {
            try await withCheckedThrowingContinuation { continuation in
                let finished: Result<Value, any Error>? = self.state.withLock { state in
                    guard case .finished(let result) = state else {
                        state = .awaited(continuation)
                        return nil
                    }
                    return result
                }
                if let finished { continuation.resume(with: finished) }
            }
        }
    }
}
