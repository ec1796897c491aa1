internal import CSQLite

/// One connection to a database file; used by one thread at a time.
///
/// Opened without SQLite's own mutexes (`SQLITE_OPEN_NOMUTEX`, https://sqlite.org/threadsafe.html): its owner sees to it that
/// no two threads use it at once.
final class SQLiteConnection {
    private let handle: OpaquePointer
    /// Where the hook of ``watchWAL()`` counts; it has an address of its own for C to keep.
    private let wal: UnsafeMutablePointer<WALCounts>

    /// What a connection may do.
    enum Access {
        case create, readWrite, readOnly
    }

    /// Opens the file.
    /// - Parameter busyTimeout: How long a call waits for a lock that another process holds.
    init(path: String, access: Access, busyTimeout: Duration = .seconds(5)) throws(SQLiteError) {
        var handle: OpaquePointer?
        let result = sqlite3_open_v2(path, &handle, access.flags, nil)
        guard let handle else { throw SQLiteError(code: SQLITE_NOMEM, message: "no memory", attempted: "open") }
        guard result == SQLITE_OK else {
            let error = SQLiteError(handle, attempted: "open")
            // A handle is there even after a failure, and is to be closed.
            sqlite3_close_v2(handle)
            throw error
        }
        self.handle = handle
        self.wal = .allocate(capacity: 1)
        self.wal.initialize(to: WALCounts())
        sqlite3_extended_result_codes(handle, 1)
        sqlite3_busy_timeout(handle, Int32(clamping: busyTimeout.components.seconds * 1000))
    }

    deinit {
        // The lenient form: statements that are still alive keep the handle until they are gone.
        sqlite3_wal_hook(self.handle, nil, nil)
        sqlite3_close_v2(self.handle)
        self.wal.deallocate()
    }

    /// Runs one or more statements that return nothing.
    func execute(_ sql: String) throws(SQLiteError) {
        guard sqlite3_exec(self.handle, sql, nil, nil, nil) == SQLITE_OK else {
            throw SQLiteError(self.handle, attempted: String(sql.prefix { $0 != "\n" }))
        }
    }

    /// Prepares a statement that is to be used many times.
    func prepare(_ sql: String) throws(SQLiteError) -> SQLiteStatement {
        var statement: OpaquePointer?
        let result = sqlite3_prepare_v3(self.handle, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &statement, nil)
        guard result == SQLITE_OK, let statement else { throw SQLiteError(self.handle, attempted: "prepare") }
        return SQLiteStatement(statement, of: self)
    }

    /// The first column of the first row of a query, as a number; `nil` if there is no row or it is NULL.
    func number(_ sql: String) throws(SQLiteError) -> Int64? {
        let statement = try self.prepare(sql)
        guard try statement.step(), !statement.isNull(0) else { return nil }
        return statement.number(0)
    }

    /// The first column of the first row of a query, as text.
    func text(_ sql: String) throws(SQLiteError) -> String? {
        let statement = try self.prepare(sql)
        guard try statement.step(), !statement.isNull(0) else { return nil }
        return statement.text(0)
    }

    /// Whether a transaction is open; an error may have ended it already.
    var isInTransaction: Bool { sqlite3_get_autocommit(self.handle) == 0 }

    /// Whether the last insert, update or delete changed a row.
    var hasChanged: Bool { sqlite3_changes(self.handle) > 0 }

    /// The rowid of the last insert.
    var lastInsertedID: Int64 { sqlite3_last_insert_rowid(self.handle) }

    /// Whether the file itself cannot be written, whatever was asked for.
    var isReadOnly: Bool { sqlite3_db_readonly(self.handle, "main") == 1 }

    /// The error of the last call.
    func lastError(attempted: String) -> SQLiteError { SQLiteError(self.handle, attempted: attempted) }
}

/// What is counted of the write-ahead log.
private struct WALCounts {
    var pages: Int32 = 0
    var commits = 0
}

// The write-ahead log (https://sqlite.org/wal.html).
extension SQLiteConnection {
    /// The pages in the write-ahead log after this connection's last commit, less those moved by ``checkpoint()``.
    var pagesInWAL: Int { Int(self.wal.pointee.pages) }

    /// The transactions that this connection has committed to the write-ahead log; those that changed nothing are not among them.
    var commits: Int { self.wal.pointee.commits }

    /// Begins to count the commits to the write-ahead log and its pages, and leaves checkpoints to the caller.
    func watchWAL() {
        sqlite3_wal_hook(
            self.handle,
            { context, _, _, pages in
                let counts = context?.assumingMemoryBound(to: WALCounts.self)
                counts?.pointee.pages = pages
                counts?.pointee.commits += 1
                return SQLITE_OK
            },
            self.wal
        )
    }

    /// Says whether closing the last connection leaves the write-ahead log as it is; otherwise it goes into the database.
    func keepWALOnClose(_ keeps: Bool) {
        // It fails only for a setting that SQLite does not know.
        _ = chatify_sqlite3_keep_wal_on_close(self.handle, keeps ? 1 : 0)
    }

    /// Moves what it can from the write-ahead log into the database without waiting for readers.
    func checkpoint() throws(SQLiteError) {
        var (pages, moved): (Int32, Int32) = (0, 0)
        let result = sqlite3_wal_checkpoint_v2(self.handle, nil, SQLITE_CHECKPOINT_PASSIVE, &pages, &moved)
        guard result == SQLITE_OK else { throw self.lastError(attempted: "checkpoint") }
        self.wal.pointee.pages = max(0, pages - moved)
    }
}

extension SQLiteConnection {
    /// Runs `body` in one transaction that takes the write lock at once; rolls back if it throws or cannot commit.
    func inTransaction<Value>(_ body: () throws(SQLiteError) -> Value) throws(SQLiteError) -> Value {
        try self.execute("BEGIN IMMEDIATE")
        do throws(SQLiteError) {
            let value = try body()
            try self.execute("COMMIT")
            return value
        } catch {
            // SQLite has rolled back by itself after some errors. A rollback that fails leaves nothing to do:
            // the next BEGIN fails and says so.
            if self.isInTransaction { try? self.execute("ROLLBACK") }
            throw error
        }
    }
}

extension SQLiteConnection.Access {
    fileprivate var flags: Int32 {
        switch self {
        case .create: SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX
        case .readWrite: SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX
        case .readOnly: SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX
        }
    }
}

extension SQLiteError {
    /// The last error of a connection.
    init(_ handle: OpaquePointer, attempted: String) {
        self.init(
            code: sqlite3_extended_errcode(handle),
            message: String(cString: sqlite3_errmsg(handle)),
            attempted: attempted
        )
    }
}
