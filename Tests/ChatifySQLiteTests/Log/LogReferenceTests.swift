internal import ChatifyCore
internal import ChatifySQLite
internal import TestSupport
internal import Testing

/// Random produces, joins, leaves, reads and commits, answered as the log in memory answers them.
@Suite(.timeLimit(.minutes(5))) struct LogReferenceTests {
    @Test(arguments: 1...30 as ClosedRange<UInt64>)
    func answersAsTheLogInMemoryDoes(seed: UInt64) async throws {
        let folder = TemporaryFolder()
        var pair = LogPair(seed: seed)
        for _ in 0..<8 {
            try await withStore(in: folder) { store in
                try await pair.begin(on: store)
                for _ in 0..<40 { try await pair.step(on: store) }
                await pair.end()
            }
        }
        #expect(pair.readCount > 0)
    }
}

/// A log in a file and one in memory that are asked the same.
private struct LogPair {
    /// A member of both.
    struct Member {
        let group: String
        let file: any ChatEventConsumer
        let memory: any ChatEventConsumer
    }

    private static let groups = ["a", "b"]

    private let memory = InMemoryEventLog(partitions: 3)
    private var generator: SeededRandom
    private var members: [Member] = []
    /// What each member has read, the groups' members in the order they joined.
    private var read: [[LogPosition]] = []
    private var count: UInt64 = 0
    /// The records compared.
    private(set) var readCount = 0

    init(seed: UInt64) { self.generator = SeededRandom(seed: seed) }

    /// A store that was opened again has the offsets that were committed and nobody who reads.
    mutating func begin(on store: SQLiteStore) async throws {
        try await self.compareOffsets(store)
        try await self.join(on: store)
    }

    mutating func end() async {
        while !self.members.isEmpty { await self.leave(at: 0) }
    }

    mutating func step(on store: SQLiteStore) async throws {
        let index = Int.random(in: 0..<max(1, self.members.count), using: &self.generator)
        switch Int.random(in: 0..<20, using: &self.generator) {
        case 0: try await self.join(on: store)
        case 1 where !self.members.isEmpty: await self.leave(at: index)
        case 2..<9: try await self.produce(on: store)
        case 9..<15 where !self.members.isEmpty: try await self.read(at: index)
        case 15: try await self.removeGroup(on: store)
        default: if !self.members.isEmpty { try await self.commit(at: index) }
        }
        try await self.compareOffsets(store)
    }

    private mutating func join(on store: SQLiteStore) async throws {
        let group = Self.groups.randomElement(using: &self.generator) ?? "a"
        let start = Bool.random(using: &self.generator) ? LogStart.beginning : .end
        let file = try await store.log.makeConsumer(group: group, startingAt: start, commits: .manual)
        let memory = self.memory.makeConsumer(group: group, startingAt: start, commits: .manual)
        self.members.append(Member(group: group, file: file, memory: memory))
        self.read.append([])
    }

    private mutating func leave(at index: Int) async {
        let member = self.members.remove(at: index)
        self.read.remove(at: index)
        await member.file.close()
        await member.memory.close()
    }

    private mutating func produce(on store: SQLiteStore) async throws {
        self.count += 1
        let scope = Ledger.scopes.randomElement(using: &self.generator) ?? ""
        let event = try event(self.count, in: scope)
        let headers = RecordHeaders(
            correlationID: Bool.random(using: &self.generator) ? .random() : nil,
            traceparent: Bool.random(using: &self.generator) ? "00-\(self.count)" : nil
        )
        #expect(
            try await store.log.produce(event, headers: headers)
                == (try await self.memory.produce(event, headers: headers))
        )
    }

    /// Reads as many as the log in memory has at once; nothing if it has nothing.
    private mutating func read(at index: Int) async throws {
        let limit = Int.random(in: 1...8, using: &self.generator)
        let consumer = self.members[index].memory
        let reading = Task { try await consumer.nextBatch(limit: limit) }
        // The log in memory answers without waiting if it has something, and otherwise when it is cancelled.
        for _ in 0..<5 { await Task.yield() }
        reading.cancel()
        guard let expected = try? await reading.value else { return }
        let records = try await self.members[index].file.nextBatch(limit: limit)
        #expect(records == expected)
        self.readCount += records.count
        self.read[index] += records.map(\.position)
    }

    /// Commits some of what was read, or a position that is another's or nobody's.
    private mutating func commit(at index: Int) async throws {
        var positions = self.read[index].filter { _ in Bool.random(using: &self.generator) }
        if Int.random(in: 0..<4, using: &self.generator) == 0 {
            positions.append(
                LogPosition(
                    partition: [-1, 0, 1, 2, 3, .max].randomElement(using: &self.generator) ?? 0,
                    offset: [.min, -1, 0, 5, 1000, .max].randomElement(using: &self.generator) ?? 0
                )
            )
        }
        try await self.members[index].file.commit(positions)
        try await self.members[index].memory.commit(positions)
    }

    private mutating func removeGroup(on store: SQLiteStore) async throws {
        let group = Self.groups.randomElement(using: &self.generator) ?? "a"
        #expect(try await store.log.removeGroup(group) == self.memory.removeGroup(group))
    }

    private func compareOffsets(_ store: SQLiteStore) async throws {
        for group in Self.groups {
            #expect(store.log.committedOffsets(of: group) == self.memory.committedOffsets(of: group))
        }
    }
}
