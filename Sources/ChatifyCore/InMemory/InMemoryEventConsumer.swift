/// A member of a consumer group of an ``InMemoryEventLog``.
final class InMemoryEventConsumer: ChatEventConsumer {
    private let log: InMemoryEventLog
    private let group: String
    private let member: ConsumerID
    private let commits: CommitMode

    init(log: InMemoryEventLog, group: String, member: ConsumerID, commits: CommitMode) {
        self.log = log
        self.group = group
        self.member = member
        self.commits = commits
    }

    deinit { self.log.leave(self.group, self.member) }

    func nextBatch(limit: Int) async throws(ChatError) -> [ChatRecord] {
        precondition(limit > 0, "A batch has room for at least one record.")
        if self.commits == .automatic { self.log.commitGiven(to: self.member, in: self.group) }
        while true {
            // Asked before taking: what was taken has to be returned.
            guard !Task.isCancelled else { throw ChatError(.cancelled, "Reading the log was cancelled.") }
            switch self.log.take(limit: limit, group: self.group, for: self.member) {
            case .records(let records): return records
            case .nothing: await self.log.waitForRecords(for: self.member, in: self.group)
            case .closed: throw ChatError(.cancelled, "The consumer has left its group.")
            }
        }
    }

    func commit(_ positions: [LogPosition]) async throws(ChatError) {
        self.log.commit(positions, group: self.group, by: self.member)
    }

    var nextOffsets: [Int32: Int64] { self.log.nextOffsets(for: self.member, in: self.group) }
    var backlog: Int64? { self.log.backlog(of: self.member, in: self.group) }

    func close() async {
        self.log.leave(self.group, self.member)
    }
}
