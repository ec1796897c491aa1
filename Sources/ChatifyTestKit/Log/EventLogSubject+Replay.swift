internal import ChatifyCore

extension EventLogSubject {
    /// Appends events, and has a member of a group read them, so that whoever resumes may ask for them.
    func lay(_ events: [ChatEvent]) async throws -> [EnrichedChatEvent] {
        let positions = try await self.log.produce(events)
        try await self.withMember { member in
            var rest = Set(positions)
            while !rest.isEmpty { rest.subtract(try await self.batch(from: member).map(\.position)) }
        }
        return zip(events, positions).map { EnrichedChatEvent(event: $0, position: $1) }
    }

    /// Looks for past events; in the partition of the scopes unless another is named.
    func find(
        _ scopes: [ChatScope],
        _ offsets: Range<Int64>,
        partition: Int32? = nil,
        limit: Int = 1000,
        in log: EventLogView? = nil
    ) async throws -> [EnrichedChatEvent]? {
        guard let source = (log ?? self.log).replaySource else { throw BrokenLaw("There is no `replaySource`") }
        let partition = partition ?? CRC32.partition(of: scopes[0].id, among: self.partitions)
        return try await self.within("Looking for past events did not end") {
            try await source.events(in: scopes, partition: partition, offsets: offsets, limit: limit)
        }
    }

    /// Looks for past events from the first of those to the last.
    func find(
        _ scopes: [ChatScope],
        _ events: [EnrichedChatEvent],
        limit: Int = 1000,
        in log: EventLogView? = nil
    ) async throws -> [EnrichedChatEvent]? {
        let offsets = events[0].position.offset..<events[events.count - 1].position.offset + 1
        return try await self.find(scopes, offsets, limit: limit, in: log)
    }

    /// Two ids that look the same, are not, and share the partition of the first of ``scopes``.
    var lookalikes: (ScopeID, ScopeID) {
        let pairs = (0...).lazy.map { (ScopeID(unchecked: "\($0) \u{E5}"), ScopeID(unchecked: "\($0) a\u{30A}")) }
        let pair = pairs.first { one, other in
            [one, other].allSatisfy { CRC32.partition(of: $0, among: self.partitions) == 0 }
        }
        return pair ?? (ScopeID(unchecked: ""), ScopeID(unchecked: ""))
    }
}
