internal import ChatifyCore

extension EventLogSubject {
    /// The group that most checks read as; a subject is used by one check.
    static let group = "conformance"

    /// One scope for each partition, in their order.
    var scopes: [ChatScope] {
        (0..<self.partitions).map { partition in
            let id = (0...).lazy.map { ScopeID(unchecked: "scope-\($0)") }
                .first { CRC32.partition(of: $0, among: self.partitions) == partition }
            return .channel(id ?? ScopeID(unchecked: ""))
        }
    }

    func restarted() async throws -> EventLogView {
        guard let restart = self.restart else { throw BrokenLaw("There is no `restart`") }
        return try await restart()
    }

    func anotherPods() async throws -> EventLogView {
        guard let another = self.another else { throw BrokenLaw("There is no `another`") }
        return try await another()
    }

    /// Makes a member of `group`, lends it, and closes it whatever happens.
    func withMember<Value>(
        of group: String = Self.group,
        startingAt start: LogStart = .beginning,
        commits: CommitMode = .manual,
        in log: EventLogView? = nil,
        _ body: (any ChatEventConsumer) async throws -> Value
    ) async throws -> Value {
        let member = try await (log ?? self.log).makeConsumer(group, start, commits)
        do {
            let value = try await body(member)
            await member.close()
            return value
        } catch {
            await member.close()
            throw error
        }
    }

    /// One batch, or a failure that says so if it does not come.
    func batch(from member: any ChatEventConsumer, limit: Int = 500) async throws -> [ChatRecord] {
        let batch = try await self.within("A record that is in the log did not come") {
            try await member.nextBatch(limit: limit)
        }
        try demand(!batch.isEmpty, "A batch was empty")
        try demand(batch.count <= limit, "A batch had more records than its limit of \(limit)")
        return batch
    }

    /// So many records, or a failure that says so if they do not come.
    func read(_ count: Int, from member: any ChatEventConsumer, limit: Int = 500) async throws -> [ChatRecord] {
        var records: [ChatRecord] = []
        while records.count < count {
            records += try await self.batch(from: member, limit: min(limit, count - records.count))
        }
        return records
    }

    /// Everything that the log holds for a member whom no other shares the partitions with, up to this moment.
    ///
    /// Appends one more event to each partition, and leaves all such events out of what it returns.
    func drain(_ member: any ChatEventConsumer, in log: EventLogView? = nil) async throws -> [ChatRecord] {
        let markers = self.scopes.map { Specimen.event(1_000_000, in: $0) }
        var (records, ends) = ([ChatRecord](), Set(try await (log ?? self.log).produce(markers)))
        while !ends.isEmpty {
            let batch = try await self.batch(from: member)
            ends.subtract(batch.map(\.position))
            records += batch.filter { $0.event.map(markers.contains) != true }
        }
        return records
    }
}

extension EventLogView {
    /// Appends events, each when the one before has been acknowledged.
    @discardableResult
    func produce(_ events: [ChatEvent]) async throws -> [LogPosition] {
        var positions: [LogPosition] = []
        for event in events { positions.append(try await self.producer.produce(event, headers: RecordHeaders())) }
        return positions
    }

    /// Appends events all at once; the positions are in the order of the events.
    func produceTogether(_ events: [ChatEvent]) async throws -> [LogPosition] {
        try await withThrowingTaskGroup(of: (Int, LogPosition).self) { tasks in
            for (index, event) in events.enumerated() {
                tasks.addTask { (index, try await self.producer.produce(event, headers: RecordHeaders())) }
            }
            let placed = try await tasks.reduce(into: [:]) { $0[$1.0] = $1.1 }
            return events.indices.compactMap { placed[$0] }
        }
    }
}

extension ChatRecord {
    /// The event it holds.
    var event: ChatEvent? {
        if case .event(let event) = self.payload { event } else { nil }
    }
}

extension [ChatRecord] {
    /// The numbers of the events, -1 for what is none.
    var numbers: [Int] { self.flatMap { $0.event.map { [$0].numbers } ?? [-1] } }

    /// The offsets read of one partition, in the order they came.
    func offsets(of partition: Int32) -> [Int64] {
        self.compactMap { $0.position.partition == partition ? $0.position.offset : nil }
    }
}
