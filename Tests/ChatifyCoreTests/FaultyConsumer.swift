import ChatifyCore
import TestSupport

/// A consumer whose calls fail as often as the test says, and which keeps what was committed.
final class FaultyConsumer: ChatEventConsumer {
    struct Faults: Sendable {
        var reads = 0
        var commits = 0
    }

    let base: any ChatEventConsumer
    let faults: Locked<Faults>
    let commits: Recorder<LogPosition>
    /// Asked for each position before it is committed.
    private let beforeCommit: @Sendable (LogPosition) -> Void

    /// Makes a consumer; several may share their faults and the record of their commits.
    init(
        _ base: any ChatEventConsumer,
        faults: Locked<Faults> = Locked(Faults()),
        commits: Recorder<LogPosition> = Recorder(),
        beforeCommit: @escaping @Sendable (LogPosition) -> Void = { _ in }
    ) {
        self.base = base
        self.faults = faults
        self.commits = commits
        self.beforeCommit = beforeCommit
    }

    func nextBatch(limit: Int) async throws(ChatError) -> [ChatRecord] {
        try self.fail(\.reads)
        return try await self.base.nextBatch(limit: limit)
    }

    func commit(_ positions: [LogPosition]) async throws(ChatError) {
        // A network client refuses to work for a cancelled task.
        guard !Task.isCancelled else { throw ChatError(.cancelled, "Committing was cancelled.") }
        try self.fail(\.commits)
        for position in positions { self.beforeCommit(position) }
        try await self.base.commit(positions)
        for position in positions { self.commits.record(position) }
    }

    func close() async { await self.base.close() }

    private func fail(_ faults: any WritableKeyPath<Faults, Int> & Sendable) throws(ChatError) {
        try self.faults.withLock { state throws(ChatError) in
            guard state[keyPath: faults] > 0 else { return }
            state[keyPath: faults] -= 1
            throw ChatError(.unavailable, "The log is out of reach.")
        }
    }
}
