internal import ChatifyCore
internal import Testing

@testable internal import ChatifySQLite

@Suite struct SchemaMigratorTests {
    private static let now = Timestamp(millisecondsSinceEpoch: 5)
    private static let later = Timestamp(millisecondsSinceEpoch: 9)

    /// Steps that build on each other.
    private static let steps = [
        Migration(id: "0001_notes", sql: "CREATE TABLE note (text TEXT NOT NULL) STRICT;"),
        Migration(
            id: "0002_colours",
            sql: "ALTER TABLE note ADD COLUMN colour TEXT; INSERT INTO note VALUES ('first', 'red');"
        ),
        Migration(id: "0003_index", sql: "CREATE INDEX note_colour ON note (colour);"),
    ]

    private static let lists: [[Migration]] = [steps, Migration.all]

    /// All that the schema says, what was recorded, and what the steps have written.
    private static func dump(_ connection: SQLiteConnection) throws -> [String] {
        let isMarked = try connection.number("PRAGMA application_id") == SchemaMigrator.applicationID
        var lines = ["marked: \(isMarked)"]
        let schema = try connection.prepare("SELECT coalesce(sql, name) FROM sqlite_schema ORDER BY name")
        while try schema.step() { lines.append(schema.text(0)) }
        guard isMarked else { return lines }
        let applied = try connection.prepare("SELECT id, applied_at FROM schema_migration ORDER BY rowid")
        while try applied.step() { lines.append("\(applied.text(0)) at \(applied.number(1))") }
        return lines
    }

    private static func connection(_ folder: TemporaryFolder) throws -> SQLiteConnection {
        try folder.make()
        return try SQLiteConnection(path: folder.database, access: .create)
    }

    @Test(arguments: 0..<lists.count)
    func eachPrefixIsBroughtUpToDate(list: Int) throws {
        let steps = Self.lists[list]
        var wholes: Set<[String]> = []
        for count in 0...steps.count {
            let folder = TemporaryFolder()
            let connection = try Self.connection(folder)
            try SchemaMigrator(migrations: Array(steps.prefix(count))).migrate(connection, now: Self.now)
            let migrator = SchemaMigrator(migrations: steps)
            #expect(try migrator.pending(in: connection).map(\.id) == steps.dropFirst(count).map(\.id))
            try migrator.migrate(connection, now: Self.now)
            #expect(try migrator.pending(in: connection).isEmpty)
            let whole = try Self.dump(connection)
            #expect(whole.suffix(steps.count) == steps.map { "\($0.id) at 5" }[...])
            wholes.insert(whole)
            // Twice is as once.
            try migrator.migrate(connection, now: Self.later)
            #expect(try Self.dump(connection) == whole)
        }
        #expect(wholes.count == 1)
    }

    @Test(arguments: 0...3)
    func aStepThatFailsLeavesTheFileAsItWas(applied: Int) throws {
        let folder = TemporaryFolder()
        let connection = try Self.connection(folder)
        try SchemaMigrator(migrations: Array(Self.steps.prefix(applied))).migrate(connection, now: Self.now)
        let before = (try Self.dump(connection), folder.contents)
        let broken = Migration(id: "0004_broken", sql: "CREATE TABLE other (x TEXT); INSERT INTO nowhere VALUES (1);")
        let last = Migration(id: "0005_last", sql: "CREATE TABLE last (x TEXT);")
        let migrator = SchemaMigrator(migrations: Self.steps + [broken, last])
        #expect(throws: SchemaMigrator.Refusal.self) { try migrator.migrate(connection, now: Self.later) }
        #expect(try Self.dump(connection) == before.0)
        #expect(folder.contents == before.1)
        #expect(!connection.isInTransaction)
        // With the step mended all goes on.
        let mended = Migration(id: "0004_broken", sql: "CREATE TABLE other (x TEXT);")
        try SchemaMigrator(migrations: Self.steps + [mended, last]).migrate(connection, now: Self.later)
        #expect(try connection.number("SELECT count(*) FROM schema_migration") == 5)
    }

    @Test func aFileOfALaterVersionIsRefused() throws {
        let folder = TemporaryFolder()
        let connection = try Self.connection(folder)
        try SchemaMigrator(migrations: Self.steps).migrate(connection, now: Self.now)
        let before = try Self.dump(connection)
        for count in 0..<Self.steps.count {
            let older = SchemaMigrator(migrations: Array(Self.steps.prefix(count)))
            do throws(SchemaMigrator.Refusal) {
                try older.migrate(connection, now: Self.later)
                Issue.record("It was not refused.")
            } catch {
                guard case .newerVersion(Self.steps[count].id) = error else {
                    Issue.record("It was refused for another reason: \(error)")
                    continue
                }
            }
        }
        #expect(try Self.dump(connection) == before)
    }

    @Test func tablesOfAnotherProgramAreRefused() throws {
        let folder = TemporaryFolder()
        let connection = try Self.connection(folder)
        try connection.execute("CREATE TABLE note (text TEXT)")
        let before = try Self.dump(connection)
        do throws(SchemaMigrator.Refusal) {
            try SchemaMigrator(migrations: Self.steps).migrate(connection, now: Self.now)
            Issue.record("It was not refused.")
        } catch {
            guard case .foreignDatabase = error else { throw error }
        }
        #expect(try Self.dump(connection) == before)
    }

    /// What the file has is found by sorting, so names have to sort as they stand.
    @Test func namesOfStepsSortInTheirOrder() {
        let ids = Migration.all.map(\.id)
        #expect(ids == Set(ids).sorted())
    }
}
