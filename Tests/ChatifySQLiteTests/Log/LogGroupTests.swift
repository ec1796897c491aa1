internal import ChatifyCore
internal import ChatifySQLite
internal import TestSupport
internal import Testing

@Suite(.timeLimit(.minutes(5))) struct LogGroupTests {
    private static let onePartition: SQLiteConfiguration = {
        var configuration = SQLiteConfiguration()
        configuration.partitions = 1
        return configuration
    }()

    /// Opens the store of one partition, again and again on the same folder.
    private static func open<Value>(
        _ folder: TemporaryFolder,
        _ body: (SQLiteStore) async throws -> Value
    ) async throws -> Value {
        try await withStore(in: folder, self.onePartition, body)
    }

    private static func produce(_ numbers: Range<UInt64>, to store: SQLiteStore) async throws {
        for number in numbers { _ = try await store.log.produce(try event(number), headers: RecordHeaders()) }
    }

    private static func member(
        of group: String,
        _ store: SQLiteStore,
        from start: LogStart = .beginning,
        commits: CommitMode = .manual
    ) async throws -> any ChatEventConsumer {
        try await store.log.makeConsumer(group: group, startingAt: start, commits: commits)
    }

    @Test func theFirstMemberEverFixesTheStart() async throws {
        let folder = TemporaryFolder()
        try await Self.open(folder) { store in
            try await Self.produce(0..<2, to: store)
            _ = try await Self.member(of: "late", store, from: .end)
            try await Self.produce(2..<3, to: store)
        }
        try await Self.open(folder) { store in
            let late = try await Self.member(of: "late", store, from: .end)
            #expect(try await late.nextBatch(limit: 9).map(\.position.offset) == [2])
            let early = try await Self.member(of: "early", store)
            #expect(try await early.nextBatch(limit: 9).map(\.position.offset) == [0, 1, 2])
            #expect(store.log.committedOffsets(of: "late") == [2])
            #expect(store.log.committedOffsets(of: "nobody") == nil)
        }
    }

    @Test func uncommittedRecordsComeAgain() async throws {
        let folder = TemporaryFolder()
        try await Self.open(folder) { store in
            try await Self.produce(0..<4, to: store)
            let first = try await Self.member(of: "g", store)
            let records = try await first.nextBatch(limit: 9)
            try await first.commit([records[1].position])
            // Never backwards.
            try await first.commit([records[0].position])
            #expect(store.log.committedOffsets(of: "g") == [2])
            await first.close()
            let second = try await Self.member(of: "g", store)
            #expect(try await second.nextBatch(limit: 9).map(\.position.offset) == [2, 3])
        }
        try await Self.open(folder) { store in
            #expect(store.log.committedOffsets(of: "g") == [2])
            let third = try await Self.member(of: "g", store, from: .end)
            #expect(try await third.nextBatch(limit: 9).map(\.position.offset) == [2, 3])
            try await third.commit([LogPosition(partition: 0, offset: 0)])
            #expect(store.log.committedOffsets(of: "g") == [2])
        }
    }

    @Test func automaticCommitsWhatIsAskedBeyondAndTheFileHasItWhenClosed() async throws {
        let folder = TemporaryFolder()
        try await Self.open(folder) { store in
            try await Self.produce(0..<4, to: store)
            let consumer = try await Self.member(of: "g", store, commits: .automatic)
            _ = try await consumer.nextBatch(limit: 1)
            #expect(store.log.committedOffsets(of: "g") == [0])
            _ = try await consumer.nextBatch(limit: 2)
            #expect(store.log.committedOffsets(of: "g") == [1])
        }
        try await Self.open(folder) { store in
            let next = try await Self.member(of: "g", store, from: .end, commits: .automatic)
            #expect(try await next.nextBatch(limit: 9).map(\.position.offset) == [1, 2, 3])
        }
    }

    @Test(arguments: [
        LogPosition(partition: 0, offset: -1), LogPosition(partition: -1, offset: 0),
        LogPosition(partition: 3, offset: 0), LogPosition(partition: .max, offset: .max),
        LogPosition(partition: .min, offset: 0), LogPosition(partition: 0, offset: .min),
    ])
    func nonsenseIsNotCommitted(position: LogPosition) async throws {
        try await Self.open(TemporaryFolder()) { store in
            try await Self.produce(0..<2, to: store)
            let consumer = try await Self.member(of: "g", store)
            try await consumer.commit([position])
            #expect(store.log.committedOffsets(of: "g") == [0])
        }
    }

    @Test func aCommitBeyondTheEndIsCutThere() async throws {
        let folder = TemporaryFolder()
        for _ in 0..<2 {
            try await Self.open(folder) { store in
                let consumer = try await Self.member(of: "g", store)
                try await Self.produce(0..<1, to: store)
                try await consumer.commit([LogPosition(partition: 0, offset: .max)])
                await consumer.close()
            }
        }
        try await Self.open(folder) { store in
            #expect(store.log.committedOffsets(of: "g") == [2])
            try await Self.produce(0..<1, to: store)
            let consumer = try await Self.member(of: "g", store)
            #expect(try await consumer.nextBatch(limit: 9).map(\.position.offset) == [2])
        }
    }

    @Test func whatAnotherMemberHasTakenOverIsNotCommitted() async throws {
        let folder = TemporaryFolder()
        try await withStore(in: folder) { store in
            for scope in Ledger.scopes {
                _ = try await store.log.produce(try event(1, in: scope), headers: RecordHeaders())
            }
            let first = try await Self.member(of: "g", store)
            let records = try await first.nextBatch(limit: 9)
            #expect(records.count == 3)
            let second = try await Self.member(of: "g", store)
            try await first.commit(records.map(\.position))
            // Partition 1 is the second member's.
            #expect(store.log.committedOffsets(of: "g") == [1, 0, 1])
            #expect(try await second.nextBatch(limit: 9).map(\.position.partition) == [1])
        }
        try await withStore(in: folder) { store in
            #expect(store.log.committedOffsets(of: "g") == [1, 0, 1])
        }
    }

    /// A commit that is written late takes nothing back of one that overtook it.
    @Test func commitsOfManyMembersAtOnceAreAllKept() async throws {
        let folder = TemporaryFolder()
        let count = 300 as Int64
        try await withStore(in: folder) { store in
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                for number in 0..<UInt64(count) {
                    for scope in Ledger.scopes {
                        let event = try event(number, in: scope)
                        tasks.addTask { _ = try await store.log.produce(event, headers: RecordHeaders()) }
                    }
                }
                try await tasks.waitForAll()
            }
            var members: [any ChatEventConsumer] = []
            for _ in Ledger.scopes { members.append(try await Self.member(of: "g", store)) }
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                for (partition, member) in members.enumerated() {
                    for offset in 0..<count {
                        let position = LogPosition(partition: Int32(partition), offset: offset)
                        tasks.addTask { try await member.commit([position]) }
                    }
                }
                try await tasks.waitForAll()
            }
        }
        let committed = try await withStore(in: folder) { $0.log.committedOffsets(of: "g") }
        #expect(committed == [count, count, count])
    }

    @Test func aRemovedGroupBeginsAnew() async throws {
        let folder = TemporaryFolder()
        try await Self.open(folder) { store in
            try await Self.produce(0..<3, to: store)
            let consumer = try await Self.member(of: "g", store)
            try await consumer.commit(try await consumer.nextBatch(limit: 9).map(\.position))
            #expect(try await store.log.removeGroup("g") == false)
            #expect(store.log.committedOffsets(of: "g") == [3])
            await consumer.close()
            #expect(try await store.log.removeGroup("g"))
            #expect(store.log.committedOffsets(of: "g") == nil)
            #expect(try await store.log.removeGroup("g"))
        }
        try await Self.open(folder) { store in
            #expect(store.log.committedOffsets(of: "g") == nil)
            let consumer = try await Self.member(of: "g", store)
            #expect(try await consumer.nextBatch(limit: 9).map(\.position.offset) == [0, 1, 2])
        }
    }

    /// Whoever joins a group while it is removed is a member of a group that the file knows.
    @Test func joiningWhileTheGroupIsRemoved() async throws {
        let folder = TemporaryFolder()
        for round in 0..<100 as Range<UInt64> {
            let committed = try await Self.open(folder) { store in
                try await Self.produce(round..<round + 1, to: store)
                async let removing = store.log.removeGroup("g")
                async let joining = Self.member(of: "g", store, from: .end)
                let (_, consumer) = try await (removing, joining)
                try await Self.produce(round..<round + 1, to: store)
                try await consumer.commit([LogPosition(partition: 0, offset: .max)])
                return store.log.committedOffsets(of: "g")
            }
            try await Self.open(folder) { store in
                #expect(store.log.committedOffsets(of: "g") == committed, "round \(round)")
            }
        }
    }
}
