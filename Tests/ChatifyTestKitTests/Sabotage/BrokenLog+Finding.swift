import ChatifyCore
import ChatifyTestKit
import TestSupport

/// A source of past events that does what it is told.
struct BrokenReplay: ReplaySource {
    typealias Find = @Sendable ([ChatScope], Int32, Range<Int64>, Int) async throws(ChatError) -> [EnrichedChatEvent]?
    var onFind: Find

    init(_ base: InMemoryEventLog) {
        self.onFind = { (scopes, partition, offsets, limit) async throws(ChatError) in
            try await base.events(in: scopes, partition: partition, offsets: offsets, limit: limit)
        }
    }

    func events(
        in scopes: [ChatScope],
        partition: Int32,
        offsets: Range<Int64>,
        limit: Int
    ) async throws(ChatError) -> [EnrichedChatEvent]? {
        try await self.onFind(scopes, partition, offsets, limit)
    }
}

extension Sabotage where Subject == EventLogSubject {
    /// A subject whose source of past events was tampered with; given the true log and what is true of it.
    private static func finding(
        _ check: EventLogCheck,
        caughtWith words: String,
        _ tamper: @escaping @Sendable (InMemoryEventLog, @escaping BrokenReplay.Find) -> BrokenReplay.Find
    ) -> Sabotage {
        Sabotage(check, caughtWith: words) {
            let base = InMemoryEventLog(capacityPerPartition: check.requires.contains(.forgetting) ? 64 : 65_536)
            var log = BrokenLog(base)
            log.replay.onFind = tamper(base, log.replay.onFind)
            return EventLogSubject(
                log.view,
                partitions: 3,
                another: { BrokenLog().view },
                restart: { BrokenLog().view },
                forget: { try await base.fill($0.partition, with: 128) },
                breakDown: {}
            )
        }
    }

    static let finding: [Sabotage] = [
        .finding(.pastEventsAreFound, caughtWith: "in another order") { _, find in
            { (scopes, partition, offsets, limit) async throws(ChatError) in
                try await find(scopes, partition, offsets, limit)?.reversed()
            }
        },
        .finding(.offsetsAreTakenAtTheirWord, caughtWith: "Other events") { _, find in
            // Takes the first for the last that was seen.
            { (scopes, partition, offsets, limit) async throws(ChatError) in
                try await find(
                    scopes,
                    partition,
                    min(offsets.lowerBound + 1, offsets.upperBound)..<offsets.upperBound,
                    limit
                )
            }
        },
        .finding(.onlyTheScopesAskedForAreFound, caughtWith: "of other scopes") { _, find in
            // Knows a scope by its id.
            { (scopes, partition, offsets, limit) async throws(ChatError) in
                let both = scopes.flatMap { [ChatScope.channel($0.id), .directMessage($0.id)] }
                return try await find(both, partition, offsets, limit)
            }
        },
        .finding(.onlyTheScopesAskedForAreFound, caughtWith: "of other scopes") { _, find in
            // Compares ids as text.
            let known = Lookalikes()
            return { (scopes, partition, offsets, limit) async throws(ChatError) in
                let same = scopes.map { ChatScope(type: $0.type, id: ScopeID(unchecked: known($0.id.rawValue))) }
                return try await find(same, partition, offsets, limit)
            }
        },
        .finding(.aLimitIsAllOrNothing, caughtWith: "and some were found") { _, find in
            // The first page.
            { (scopes, partition, offsets, limit) async throws(ChatError) in
                try await find(scopes, partition, offsets, .max).map { Array($0.prefix(limit)) }
            }
        },
        .finding(.aPartitionThatIsNotThereIsSaid, caughtWith: "which is none") { base, find in
            // Where nothing is kept nothing is missing.
            { (scopes, partition, offsets, limit) async throws(ChatError) in
                guard (0..<base.partitions).contains(partition) else { return [] }
                return try await find(scopes, partition, offsets, limit)
            }
        },
        .finding(.whatIsNotThereYetIsNotVouchedFor, caughtWith: "was vouched for") { _, find in
            // Ends with what there is.
            { (scopes, partition, offsets, limit) async throws(ChatError) in
                for upper in (0...100).reversed() where offsets.contains(Int64(upper)) {
                    let found = try await find(scopes, partition, offsets.lowerBound..<Int64(upper), limit)
                    if found != nil { return found }
                }
                return try await find(scopes, partition, offsets, limit)
            }
        },
        .finding(.whatWasForgottenIsNotVouchedFor, caughtWith: "was vouched for") { _, find in
            // Begins with what there is.
            { (scopes, partition, offsets, limit) async throws(ChatError) in
                for lower in offsets {
                    let found = try await find(scopes, partition, lower..<offsets.upperBound, limit)
                    if found != nil { return found }
                }
                return []
            }
        },
        .finding(.manyLookAtOnce, caughtWith: "did not find its own") { _, find in
            // Hands an answer to whoever comes next.
            let (counter, last) = (Counter(), Locked<[EnrichedChatEvent]?>(nil))
            return { (scopes, partition, offsets, limit) async throws(ChatError) in
                let found = try await find(scopes, partition, offsets, limit)
                let other = last.withLock { last in
                    defer { last = found }
                    return last
                }
                return counter.isOneOf(10) ? other : found
            }
        },
        .finding(.thePastMeetsThePresent, caughtWith: "not those that a reader was given") { _, find in
            // Learns of a record when the next one has come.
            { (scopes, partition, offsets, limit) async throws(ChatError) in
                let known = offsets.lowerBound..<max(offsets.lowerBound, offsets.upperBound - 1)
                return try await find(scopes, partition, known, limit)
            }
        },
        .finding(.pastEventsAreFoundAfterACrash, caughtWith: "After a crash past events") { _, find in find },
        .finding(.anyPodFindsPastEvents, caughtWith: "that another appended") { _, find in find },
        .finding(.anOutageOfThePastIsSaid, caughtWith: "vouched for what it cannot know") { _, _ in
            { (_, _, _, _) async throws(ChatError) in [] }
        },
    ]
}
