internal import ChatifyCore

/// A member of a consumer group of an ``SQLiteEventLog``.
final class SQLiteEventConsumer: ChatEventConsumer {
    private let calls: StoreCalls
    private let group: String
    private let member: ConsumerID
    private let commits: CommitMode

    init(calls: StoreCalls, group: String, member: ConsumerID, commits: CommitMode) {
        self.calls = calls
        self.group = group
        self.member = member
        self.commits = commits
    }

    deinit { self.calls.log.leave(self.group, self.member) }

    func nextBatch(limit: Int) async throws(ChatError) -> [ChatRecord] {
        precondition(limit > 0, "A batch has room for at least one record.")
        if self.commits == .automatic { self.calls.log.commitGiven(to: self.member, in: self.group) }
        while true {
            // Asked before taking: what was taken has to be returned.
            guard !Task.isCancelled else { throw ChatError(.cancelled, "Reading the log was cancelled.") }
            switch self.calls.log.take(limit: limit, for: self.member, in: self.group) {
            case .records(let records): return records
            case .read(let reads):
                let records = try await self.read(reads)
                if !records.isEmpty { return records }
            case .nothing: await self.calls.log.waitForRecords(for: self.member, in: self.group)
            case .closed: throw ChatError(.cancelled, "The consumer has left its group.")
            }
        }
    }

    func commit(_ positions: [LogPosition]) async throws(ChatError) {
        guard let offsets = self.calls.log.commit(positions, by: self.member, in: self.group) else { return }
        _ = try await self.calls.write(.commit(group: self.group, offsets: offsets))
    }

    var nextOffsets: [Int32: Int64] { self.calls.log.nextOffsets(for: self.member, in: self.group) }

    func close() async {
        self.calls.log.leave(self.group, self.member)
    }

    /// Reads from the file what is not in memory, and returns what nobody has taken over meanwhile.
    private func read(_ reads: [LogRead]) async throws(ChatError) -> [ChatRecord] {
        guard case .records(let records) = try await self.calls.read(.records(reads)) else {
            preconditionFailure("Records were answered with something else.")
        }
        let given = self.calls.log.given(reads, to: self.member, in: self.group)
        guard given.count < reads.count else { return records }
        return records.filter { record in
            given.contains { $0.partition == record.position.partition && $0.offsets.contains(record.position.offset) }
        }
    }
}
