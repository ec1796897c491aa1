internal import ChatifyCore
internal import TestSupport
internal import Testing

@testable internal import ChatifySQLite

/// A page in the middle of the file holds something else than was written.
@Suite(.timeLimit(.minutes(5))) struct DamagedPageTests {
    private static let general = ChatScope.channel(ScopeID(unchecked: "general"))

    private static let start: Int64 = 1_700_000_000_000

    /// Which leaves of a table are overwritten.
    enum Part { case firstHalf, end }

    /// Makes a file with 2500 messages and overwrites a part of a table.
    private static func damage(_ part: Part, of table: String, in folder: TemporaryFolder) async throws {
        try await withStore(in: folder) { store in
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                for number in 1...2500 as ClosedRange<UInt64> {
                    let time = Self.start + Int64(number)
                    let event = try event(number, at: time, text: String(repeating: "x", count: 100))
                    tasks.addTask { _ = try await store.log.produce(event, headers: RecordHeaders()) }
                }
                try await tasks.waitForAll()
            }
        }
        let pages = try Self.leaves(of: table, in: folder)
        try #require(pages.count > 3)
        var bytes = try #require(folder.contents(of: .database))
        for page in part == .end ? pages.suffix(1) : pages.dropFirst().prefix(pages.count / 2) {
            for index in (page - 1) * 4096..<page * 4096 { bytes[index] = UInt8(truncatingIfNeeded: index * 7) | 0x80 }
        }
        try folder.write(bytes, to: .database)
    }

    private static func leaves(of table: String, in folder: TemporaryFolder) throws -> [Int] {
        let connection = try SQLiteConnection(path: folder.database, access: .readOnly)
        let statement = try connection.prepare(
            "SELECT pageno FROM dbstat WHERE name = ? AND pagetype = 'leaf' ORDER BY path"
        )
        var pages: [Int] = []
        try statement.rows { statement throws(SQLiteError) in
            try statement.bind(1, text: table)
        } _: { row in
            pages.append(Int(row.number(0)))
        }
        return pages
    }

    @Test func readingMessagesSaysSo() async throws {
        let folder = TemporaryFolder()
        try await Self.damage(.firstHalf, of: "message", in: folder)
        try await withStore(in: folder) { store in
            try await store.checkReading()
            let error = await #expect(throws: ChatError.self) { try await store.wholeHistory(of: Self.general) }
            #expect(error?.code == .unavailable)
            #expect(error?.message == "The store could not be read: the database file is damaged.")
            // What lies elsewhere can be read, which heals nothing.
            for order in [HistoryOrder.oldestFirst, .newestFirst] {
                let page = try await store.history.messages(HistoryQuery(scope: Self.general, limit: 1, order: order))
                #expect(page.messages.count == 1)
            }
            let health = await #expect(throws: ChatError.self) { try await store.checkReading() }
            #expect(health?.message == "The database file is damaged; restore it from a copy.")
        }
    }

    @Test func readingTheLogSaysSo() async throws {
        let folder = TemporaryFolder()
        try await Self.damage(.firstHalf, of: "record", in: folder)
        try await withStore(in: folder) { store in
            let consumer = try await store.log.makeConsumer(group: "g", startingAt: .beginning, commits: .manual)
            for _ in 0..<2 {
                let error = await #expect(throws: ChatError.self) { try await consumer.nextBatch(limit: 500) }
                #expect(error?.code == .unavailable)
            }
            await #expect(throws: ChatError.self) { try await store.checkReading() }
            #expect(try await store.log.produce(try event(1000), headers: RecordHeaders()).offset == 2500)
        }
    }

    @Test func writingSaysSo() async throws {
        let folder = TemporaryFolder()
        try await Self.damage(.firstHalf, of: "message", in: folder)
        let log = CapturingLog()
        try await withStore(in: folder, log: log) { store in
            try await store.checkWriting()
            for _ in 0..<3 {
                let send = await #expect(throws: ChatError.self) {
                    try await store.log.produce(try event(1000, at: Self.start + 600), headers: RecordHeaders())
                }
                #expect(send?.code == .eventProductionFailed)
                #expect(send?.message == "The message was not stored: the database file is damaged.")
                // What goes elsewhere is stored, which heals nothing.
                _ = try await store.log.produce(try event(1001, at: Self.start + 5000), headers: RecordHeaders())
                let health = await #expect(throws: ChatError.self) { try await store.checkWriting() }
                #expect(health?.message == "The database file is damaged; restore it from a copy.")
            }
            #expect(log.errors.map(\.message) == ["Cannot write the database"])
            #expect(log.notices.isEmpty)
        }
    }

    @Test func aLogWithoutItsEndIsNotOpened() async throws {
        let folder = TemporaryFolder()
        try await Self.damage(.end, of: "record", in: folder)
        let error = await #expect(throws: ChatError.self) { try await withStore(in: folder) { _ in } }
        #expect(error?.code == .configuration)
        #expect(error?.message.hasSuffix("the database file is damaged") == true)
    }
}
