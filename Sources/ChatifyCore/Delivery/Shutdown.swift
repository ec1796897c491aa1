internal import ServiceLifecycle

extension Task where Success == Never, Failure == Never {
    /// Whether the task is to end: it was cancelled, or its service group shuts down.
    static var isStopping: Bool { self.isCancelled || self.isShuttingDownGracefully }
}

/// Runs `wait`, which is cancelled when the service group begins to shut down, and only then.
///
/// What `wait` returns is never lost.
func untilShutdown<Value: Sendable>(
    _ wait: @Sendable @escaping () async throws(ChatError) -> Value
) async throws(ChatError) -> Value {
    do {
        return try await cancelWhenGracefulShutdown { try await wait() }
    } catch let error as ChatError {
        throw error
    } catch {
        throw ChatError(.cancelled, "The wait was cancelled.", cause: error)
    }
}

extension ChatClock {
    /// Waits that long, or until the task is to end.
    func pause(_ duration: Duration) async {
        guard duration > .zero, !Task.isStopping else { return }
        // Throws only because the task is to end, which the caller looks at anyway.
        try? await cancelWhenGracefulShutdown { try await self.sleep(duration) }
    }
}

extension ChatEventConsumer {
    /// Commits even though the task was cancelled, so that what is done is not done again.
    ///
    /// A task of its own, because a cancelled one cannot shield a call from its cancellation.
    func commitShielded(_ positions: [LogPosition]) async throws(ChatError) {
        guard Task.isCancelled else { return try await self.commit(positions) }
        let outcome = await Task { () async -> Result<Void, ChatError> in
            do throws(ChatError) {
                return .success(try await self.commit(positions))
            } catch {
                return .failure(error)
            }
        }.value
        try outcome.get()
    }
}
