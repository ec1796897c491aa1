internal import ChatifyCore
internal import ChatifySQLite
internal import Foundation
internal import TestSupport
internal import Testing

@Suite struct SQLiteHistoryReaderTests {
    @Test func itReadsWhileAStoreWrites() async throws {
        let folder = TemporaryFolder()
        try await withStore(in: folder) { store in
            _ = try await store.history.append(try event(1), at: nil)
            try await withReader(of: folder) { reader in
                let query = HistoryQuery(scope: .channel(try ScopeID("general")))
                #expect(try await reader.messages(query).messages.map(\.event) == [try event(1)])
                _ = try await store.history.append(try event(2), at: nil)
                #expect(try await reader.messages(query).messages.map(\.event) == [try event(1), try event(2)])
            }
        }
    }

    @Test func scopesComeInPagesByTypeAndBytesOfTheName() async throws {
        let folder = TemporaryFolder()
        let names = ["b", "é", "a", "", "a\0b", "A", "\u{1F600}", "e\u{301}", "a' OR 1=1--", "\u{FFFD}", "aa", " a"]
        let channels = try names.filter { !$0.isEmpty }.map { ChatScope.channel(try ScopeID($0)) }
        let scopes = channels + channels.prefix(3).map { .directMessage($0.id) }
        let sorted = scopes.sorted { left, right in
            guard left.type == right.type else { return left.type == .channel }
            return left.id.rawValue.utf8.lexicographicallyPrecedes(right.id.rawValue.utf8)
        }
        try await withStore(in: folder) { store in
            for (number, scope) in scopes.enumerated() {
                var event = try event(UInt64(number))
                event.scope = scope
                _ = try await store.history.append(event, at: nil)
            }
            for limit in [1, 2, scopes.count, 500] {
                var listed: [ChatScope] = []
                var page: [ChatScope]
                repeat {
                    page = try await store.history.scopes(after: listed.last, limit: limit)
                    listed += page
                } while page.count == limit
                #expect(listed == sorted, "in pages of \(limit)")
            }
            let missing = ChatScope.channel(try ScopeID("aaa"))
            let behind = try await store.history.scopes(after: missing, limit: 1)
            #expect(behind == [.channel(try ScopeID("b"))])
            try await withReader(of: folder) { reader in
                let (listed, count) = try await (reader.scopes(after: nil, limit: 500), reader.scopeCount())
                #expect(listed == sorted)
                #expect(count == scopes.count)
            }
        }
    }

    @Test(arguments: [0, -1, 501])
    func limitsOutOfRangeAreRefused(limit: Int) async throws {
        try await withStore(in: TemporaryFolder()) { store in
            let error = await #expect(throws: ChatError.self) {
                try await store.history.scopes(after: nil, limit: limit)
            }
            #expect(error?.code == .validation)
        }
    }

    @Test func aFileThatIsNotThereIsNotMade() async throws {
        let folder = TemporaryFolder()
        await expectRefusal(of: folder, "No such file or directory")
        #expect(!FileManager.default.fileExists(atPath: folder.path))
    }

    @Test(arguments: [
        ("", "older version"), ("this is a letter, and no database at all", "not an SQLite database"),
    ])
    func whatIsNoDatabaseOfOursIsLeftAlone(content: String, expected: String) async throws {
        let folder = TemporaryFolder()
        try FileManager.default.createDirectory(atPath: folder.path, withIntermediateDirectories: true)
        try content.write(toFile: folder.database, atomically: true, encoding: .utf8)
        await expectRefusal(of: folder, expected)
        #expect(folder.contents(of: .database) == Array(content.utf8))
    }

    @Test func aClosedReaderRefuses() async throws {
        let folder = TemporaryFolder()
        try await withStore(in: folder) { _ in }
        let reader = try await SQLiteHistoryReader.open(path: folder.database)
        await reader.close()
        await reader.close()
        let error = await #expect(throws: ChatError.self) { try await reader.scopeCount() }
        #expect(error?.code == .unavailable)
    }

    /// An import must not do a server's tidying.
    @Test(arguments: [(SQLiteRetention(), [2]), (.keepingEverything, [1, 2])] as [(SQLiteRetention, [UInt64])])
    func keepingEverythingKeepsTheLogOfLongAgo(retention: SQLiteRetention, kept: [UInt64]) async throws {
        var configuration = SQLiteConfiguration()
        configuration.retention = retention
        configuration.retention.interval = .zero
        try await withStore(in: TemporaryFolder(), configuration) { store in
            let consumer = try await store.log.makeConsumer(group: "g", startingAt: .beginning, commits: .manual)
            for number in 1...2 as ClosedRange<UInt64> {
                let position = try await store.log.produce(try event(number, at: 1), headers: RecordHeaders())
                _ = try await consumer.nextBatch(limit: 1)
                try await consumer.commit([position])
            }
            // Each write is followed by a step of the sweep.
            for number in 3...50 as ClosedRange<UInt64> {
                _ = try await store.history.append(try event(number), at: nil)
            }
            let other = try await store.log.makeConsumer(group: "h", startingAt: .beginning, commits: .manual)
            let events = try kept.map { ChatRecord.Payload.event(try event($0, at: 1)) }
            #expect(try await other.nextBatch(limit: 10).map(\.payload) == events)
        }
    }
}

private func withReader(of folder: TemporaryFolder, _ body: (SQLiteHistoryReader) async throws -> Void) async throws {
    let reader = try await SQLiteHistoryReader.open(path: folder.database)
    do {
        try await body(reader)
        await reader.close()
    } catch {
        await reader.close()
        throw error
    }
}

private func expectRefusal(of folder: TemporaryFolder, _ reason: String) async {
    let error = await #expect(throws: ChatError.self) { try await SQLiteHistoryReader.open(path: folder.database) }
    #expect(error?.code == .configuration)
    #expect(error?.message.hasPrefix("cannot use the database \(folder.database): ") == true)
    #expect(error?.message.contains(reason) == true)
}
