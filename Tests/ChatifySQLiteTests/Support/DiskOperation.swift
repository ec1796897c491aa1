internal import CSQLite

/// One of the files of a database.
enum DiskFile: UInt8, Sendable, CaseIterable {
    case database, writeAheadLog, journal, sharedMemory

    init(path: String) {
        self = Self.allCases.dropFirst().first { path.hasSuffix($0.suffix) } ?? .database
    }

    /// What SQLite adds to the name of the database.
    var suffix: String {
        switch self {
        case .database: ""
        case .writeAheadLog: "-wal"
        case .journal: "-journal"
        case .sharedMemory: "-shm"
        }
    }
}

/// What SQLite asks of the disk.
enum DiskOperation: Sendable, CaseIterable {
    case open, read, write, truncate, sync, size, delete, mapShared, lockShared

    /// Those that change what a file holds, or wait until the disk has it.
    static let changes: Set<DiskOperation> = [.write, .truncate, .sync]

    /// The extended code of an operation that fails (https://sqlite.org/rescode.html).
    var errorCode: Int32 {
        switch self {
        case .open: SQLITE_CANTOPEN
        case .read: SQLITE_IOERR | 1 << 8
        case .write: SQLITE_IOERR | 3 << 8
        case .sync: SQLITE_IOERR | 4 << 8
        case .truncate: SQLITE_IOERR | 6 << 8
        case .size: SQLITE_IOERR | 7 << 8
        case .delete: SQLITE_IOERR | 10 << 8
        case .lockShared: SQLITE_IOERR | 20 << 8
        case .mapShared: SQLITE_IOERR | 21 << 8
        }
    }
}

/// Which operations fail.
struct DiskFault: Sendable {
    var operations: Set<DiskOperation>
    var files = Set(DiskFile.allCases)
    /// The first of them that fails, counted from 1.
    var first = 1
    /// How many fail, one after the other.
    var count = 1
    /// What they fail with; the operation's own code if `nil`.
    var code: Int32?
}
