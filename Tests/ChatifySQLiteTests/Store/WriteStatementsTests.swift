internal import ChatifyCore
internal import Testing

@testable internal import ChatifySQLite

@Suite struct WriteStatementsTests {
    private static let now = Timestamp(millisecondsSinceEpoch: 5)

    /// Commits may be written in another order than they were made in.
    @Test func theFileNeverLowersAnOffset() throws {
        let folder = TemporaryFolder()
        try folder.make()
        let connection = try StoreFile(path: folder.database).openForWriting(SQLiteConfiguration(), now: Self.now)
        let statements = try WriteStatements(connection)
        func offsets() throws -> [Int64]? {
            try LogReaders.load(connection).committedOffsets(of: "g")
        }
        // A group that nobody has joined has no offsets to raise.
        try statements.commit(group: "g", offsets: [9, 9, 9])
        #expect(try offsets() == nil)
        try statements.join(group: "g", offsets: [1, 2, 3], now: Self.now)
        try statements.commit(group: "g", offsets: [5, 5, 5])
        try statements.commit(group: "g", offsets: [3, 7, .min])
        #expect(try offsets() == [5, 7, 5])
        try statements.join(group: "g", offsets: [0, 0, 0], now: Self.now)
        #expect(try offsets() == [5, 7, 5])
        try statements.remove(group: "g")
        #expect(try offsets() == nil)
    }
}
