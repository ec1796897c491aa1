internal import ChatifyCore

/// Two members of one group, read from side by side.
struct ReadingPair {
    private let members: [any ChatEventConsumer]
    private let seen: [Locked<Set<LogPosition>>]

    init(_ first: any ChatEventConsumer, _ second: any ChatEventConsumer) {
        self.members = [first, second]
        self.seen = [Locked([]), Locked([])]
    }

    /// Appends records until both members have been given some, so that each has its partitions.
    func settle(in subject: EventLogSubject) async throws {
        try await subject.within("A member of a group with enough partitions was never given a record") {
            try await self.whileReading {
                var number = 1000
                while self.seen.contains(where: { $0.withLock { $0.isEmpty } }) {
                    try await subject.log.produce(subject.scopes.map { Specimen.event(number, in: $0) })
                    number += 1
                    // Time for a rebalance, which nothing tells of; how long it takes changes nothing but the number of records.
                    try await Task.sleep(for: .milliseconds(10))
                }
            }
        }
    }

    /// Reads until all those positions have come, and returns how many came to both members and how many to each.
    func read(_ positions: Set<LogPosition>, in subject: EventLogSubject) async throws -> (both: Int, each: [Int]) {
        try await subject.within("Records of a group with two members did not come") {
            try await self.whileReading {
                while !positions.isSubset(of: self.seen.reduce(into: []) { $0.formUnion($1.withLock { $0 }) }) {
                    try await Task.sleep(for: .milliseconds(2))
                }
            }
        }
        let seen = self.seen.map { $0.withLock { $0.intersection(positions) } }
        return (seen[0].intersection(seen[1]).count, seen.map(\.count))
    }

    /// Runs `body` while both members read; cancels their reading afterwards, which loses nothing.
    private func whileReading(_ body: @escaping @Sendable () async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            for (member, seen) in zip(self.members, self.seen) {
                tasks.addTask {
                    do {
                        while true {
                            let batch = try await member.nextBatch(limit: 50)
                            seen.withLock { $0.formUnion(batch.map(\.position)) }
                        }
                    } catch let error as ChatError where error.code == .cancelled {
                        return
                    }
                }
            }
            try await body()
            tasks.cancelAll()
            try await tasks.waitForAll()
        }
    }
}
