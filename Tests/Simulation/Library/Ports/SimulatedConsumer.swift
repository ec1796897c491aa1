internal import ChatifyCore

/// A pod's way to read the log, as a member of a group that puts out members it does not hear of.
final class SimulatedConsumer: ChatEventConsumer, @unchecked Sendable {
    private let log: SimulatedLog
    private let link: Link
    private let group: String
    private let commits: CommitMode
    private let onDelivery: ([ChatRecord]) -> Void
    private var member: any ChatEventConsumer
    /// How often the member was put out.
    private var evictions = 0
    private var isClosed = false

    init(
        log: SimulatedLog,
        link: Link,
        group: String,
        startingAt start: LogStart,
        commits: CommitMode,
        onDelivery: @escaping ([ChatRecord]) -> Void
    ) {
        self.log = log
        self.link = link
        self.group = group
        self.commits = commits
        self.onDelivery = onDelivery
        self.member = log.memory.makeConsumer(group: group, startingAt: start, commits: commits)
    }

    var nextOffsets: [Int32: Int64] { self.member.nextOffsets }

    func nextBatch(limit: Int) async throws(ChatError) -> [ChatRecord] {
        while true {
            try await self.link.call { () async throws(ChatError) in }
            let (member, life) = (self.member, self.evictions)
            do throws(ChatError) {
                let records = try await member.nextBatch(limit: limit)
                await self.link.waitUntilOpen()
                await self.link.travel()
                // What was fetched before the group put this member out is another's to handle now.
                guard self.evictions == life else { continue }
                self.onDelivery(records)
                return records
            } catch {
                guard self.evictions != life, !self.isClosed, !Task.isCancelled else { throw error }
            }
        }
    }

    func commit(_ positions: [LogPosition]) async throws(ChatError) {
        let member = self.member
        try await self.link.call { () async throws(ChatError) in
            try await member.commit(positions)
            self.log.checkCommits()
        }
    }

    func close() async {
        self.isClosed = true
        await self.member.close()
    }

    /// Puts the member out of its group, as when nothing was heard of it for too long; it joins again.
    func evict() async {
        let old = self.member
        self.evictions += 1
        if !self.isClosed {
            self.member = self.log.memory.makeConsumer(group: self.group, startingAt: .end, commits: self.commits)
        }
        await old.close()
    }
}
