internal import ChatifyCore
internal import Foundation
internal import TestSupport
internal import Testing

@testable internal import ChatifySQLite

/// Files that a store cannot be opened on: one line says why, and they stay as they are.
@Suite struct UnusableFileTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        /// What the line says.
        let reason: String
        let prepare: @Sendable (TemporaryFolder) async throws -> Void

        init(_ name: String, _ reason: String, _ prepare: @escaping @Sendable (TemporaryFolder) async throws -> Void) {
            self.testDescription = name
            self.reason = reason
            self.prepare = prepare
        }
    }

    private static let newer =
        "it was written by a newer version (migration 9999_colours); use that version or newer"

    private static let cases = [
        Case("a file in place of the folder", "Not a directory") { folder in
            _ = FileManager.default.createFile(atPath: folder.path, contents: Data("x".utf8))
        },
        Case("a folder in place of the database", "the database file cannot be opened") { folder in
            try FileManager.default.createDirectory(atPath: folder.database, withIntermediateDirectories: true)
        },
        Case("a folder in place of the lock", "Is a directory") { folder in
            let lock = folder.database + "-lock"
            try FileManager.default.createDirectory(atPath: lock, withIntermediateDirectories: true)
        },
        Case("a text", "the file is not an SQLite database") { folder in
            try folder.write(Array("All work and no play".utf8), to: .database)
        },
        Case("a long text", "the file is not an SQLite database") { folder in
            try folder.write([UInt8](repeating: 0x20, count: 70_000), to: .database)
        },
        Case("another program's database", "it is the database of another program") { folder in
            try folder.execute("CREATE TABLE recipe (name TEXT); INSERT INTO recipe VALUES ('soup')")
        },
        Case("another program's database after a crash", "it is the database of another program") { folder in
            try folder.execute("PRAGMA journal_mode = WAL; CREATE TABLE recipe (name TEXT)", isCrashing: true)
        },
        Case("a newer version", newer) { folder in
            try await withStore(in: folder) { _ in }
            try folder.execute("INSERT INTO schema_migration VALUES ('9999_colours', 0)")
        },
        Case("a newer version after a crash", newer) { folder in
            try await withStore(in: folder) { _ in }
            try folder.execute("INSERT INTO schema_migration VALUES ('9999_colours', 0)", isCrashing: true)
        },
        Case("another number of partitions", "its log has 5 partitions, which 3 cannot replace") { folder in
            var configuration = SQLiteConfiguration()
            configuration.partitions = 5
            try await withStore(in: folder, configuration) { _ in }
        },
        Case("a read-only file", "the file cannot be written") { folder in
            try await withStore(in: folder) { _ in }
            folder.disk.readOnly = [.database]
        },
        Case("a read-only disk", "the database file cannot be opened") { folder in
            try await withStore(in: folder) { _ in }
            folder.disk.readOnly = Set(DiskFile.allCases)
        },
        Case("a header without the rest", "the database file is damaged") { folder in
            try await withStore(in: folder) { _ in }
            try folder.write(Array((folder.contents(of: .database) ?? []).prefix(4096)), to: .database)
        },
    ]

    @Test(arguments: cases)
    func isRefusedInOneLineAndLeftAsItIs(refused: Case) async throws {
        let folder = TemporaryFolder()
        try await refused.prepare(folder)
        let before = folder.contents
        let error = await #expect(throws: ChatError.self) { try await withStore(in: folder) { _ in } }
        #expect(error?.code == .configuration)
        #expect(error?.message == "cannot use the database \(folder.database): \(refused.reason)")
        #expect(folder.contents == before)
    }

    @Test(arguments: [0, -1, 1025, .min, .max] as [Int32])
    func aLogHasOneTo1024Partitions(partitions: Int32) async throws {
        let folder = TemporaryFolder()
        var configuration = SQLiteConfiguration()
        configuration.partitions = partitions
        let error = await #expect(throws: ChatError.self) { try await withStore(in: folder, configuration) { _ in } }
        #expect(error?.code == .configuration)
        #expect(folder.contents.isEmpty)
    }
}
