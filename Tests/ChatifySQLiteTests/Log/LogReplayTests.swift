internal import ChatifyCore
internal import TestSupport
internal import Testing

@testable internal import ChatifySQLite

/// What the file finds again of the log, for clients that resume.
@Suite(.timeLimit(.minutes(5))) struct LogReplayTests {
    private static let configuration: SQLiteConfiguration = {
        var configuration = SQLiteConfiguration()
        configuration.partitions = 1
        return configuration
    }()

    private static func find(
        _ offsets: Range<Int64>,
        of scopes: [ChatScope] = [.channel(ScopeID(unchecked: "general"))],
        in store: SQLiteStore,
        limit: Int = 100
    ) async throws -> [Int64]? {
        let events = try await store.log.events(in: scopes, partition: 0, offsets: offsets, limit: limit)
        return events?.map(\.position.offset)
    }

    @Test func findsWhatIsHeldWholeOrNothing() async throws {
        let (general, direct) = (ScopeID(unchecked: "general"), ChatScope.directMessage(ScopeID(unchecked: "general")))
        try await withStore(in: TemporaryFolder(), Self.configuration) { store in
            for number in 0..<6 as Range<UInt64> {
                var message = try event(number, in: number % 3 == 1 ? "other" : "general")
                if number % 3 == 2 { message.scope = direct }
                _ = try await store.log.produce(message, headers: RecordHeaders())
            }
            #expect(try await Self.find(0..<6, in: store) == [0, 3])
            #expect(try await Self.find(0..<6, of: [.channel(general), direct], in: store) == [0, 2, 3, 5])
            #expect(try await Self.find(1..<3, of: [.channel(general), direct], in: store) == [2])
            #expect(try await Self.find(0..<6, of: [.channel(ScopeID(unchecked: "never"))], in: store) == [])
            #expect(try await Self.find(0..<6, in: store, limit: 1) == nil)
            #expect(try await Self.find(0..<6, in: store, limit: 2) == [0, 3])
            #expect(try await Self.find(0..<7, in: store) == nil, "the log does not go that far")
            let elsewhere = try await store.log.events(in: [direct], partition: 7, offsets: 0..<1, limit: 1)
            #expect(elsewhere == nil, "there is no such partition")
            #expect(try await Self.find(0..<100_000, in: store) == nil, "too much to look through")
        }
    }

    @Test func theEventsAreThoseThatWereSent() async throws {
        let folder = TemporaryFolder()
        let sent = try (0..<3 as Range<UInt64>).map {
            try event($0, at: 1_700_000_000_000 + Int64($0), text: "Text \($0)")
        }
        try await withStore(in: folder, Self.configuration) { store in
            for event in sent { _ = try await store.log.produce(event, headers: RecordHeaders()) }
        }
        // Over a restart, too.
        try await withStore(in: folder, Self.configuration) { store in
            let found = try await store.log.events(in: [sent[0].scope], partition: 0, offsets: 0..<3, limit: 10)
            #expect(found?.map(\.event) == sent)
            #expect(found?.map(\.position) == (0..<3).map { LogPosition(partition: 0, offset: $0) })
        }
    }

    @Test func aLogThatWasTrimmedOrAMessageThatIsGoneIsNotPassedOver() async throws {
        let folder = TemporaryFolder()
        try await withStore(in: folder, Self.configuration) { store in
            for number in 0..<9 as Range<UInt64> {
                _ = try await store.log.produce(event(number), headers: RecordHeaders())
            }
        }
        let rig = try RetentionRig(folder, Self.configuration)
        try rig.connection.execute("DELETE FROM record WHERE offset < 3")
        try rig.connection.execute(
            "DELETE FROM message WHERE message_id = (SELECT message_id FROM record WHERE offset = 5)"
        )
        try await withStore(in: folder, Self.configuration) { store in
            var found: [[Int64]?] = []
            for offsets in [2..<5, 3..<5, 3..<9, 6..<9] as [Range<Int64>] {
                found.append(try await Self.find(offsets, in: store))
            }
            #expect(found == [nil, [3, 4], nil, [6, 7, 8]])
        }
    }

    @Test func aMemberKnowsWhatItIsGivenNext() async throws {
        try await withStore(in: TemporaryFolder(), Self.configuration) { store in
            for number in 0..<3 as Range<UInt64> {
                _ = try await store.log.produce(event(number), headers: RecordHeaders())
            }
            let late = try await store.log.makeConsumer(group: "late", startingAt: .end, commits: .automatic)
            let early = try await store.log.makeConsumer(group: "early", startingAt: .beginning, commits: .automatic)
            #expect(late.nextOffsets == [0: 3])
            #expect(early.nextOffsets == [0: 0])
            _ = try await early.nextBatch(limit: 2)
            #expect(early.nextOffsets == [0: 2])
        }
    }
}
