internal import CSQLite

/// What SQLite answered when it could not do what was asked.
///
/// Public so that a `ChatError` may carry it as its cause; it is for logs.
public struct SQLiteError: Error, Sendable, Hashable {
    /// The extended result code (https://sqlite.org/rescode.html).
    public let code: Int32
    /// SQLite's own words; they name tables and files, never what a message says.
    public let message: String
    /// What was attempted, such as `open` or `commit`.
    public let attempted: String

    init(code: Int32, message: String, attempted: String) {
        self.code = code
        self.message = message
        self.attempted = attempted
    }
}

extension SQLiteError: CustomStringConvertible {
    /// What was attempted, SQLite's words and the code.
    public var description: String { "\(self.attempted): \(self.message) (SQLite \(self.code))" }
}

extension SQLiteError {
    /// What kind of trouble it is, as far as somebody has to act differently.
    enum Kind {
        case diskFull
        case diskError
        case damaged
        case notADatabase
        case readOnly
        case cannotOpen
        case busy
        /// It is about this one row: too big, or against a constraint.
        case row
        case other
    }

    var kind: Kind {
        switch self.code & 0xFF {
        case SQLITE_FULL: .diskFull
        case SQLITE_IOERR: .diskError
        case SQLITE_CORRUPT: .damaged
        case SQLITE_NOTADB: .notADatabase
        case SQLITE_READONLY: .readOnly
        case SQLITE_CANTOPEN, SQLITE_PERM, SQLITE_AUTH: .cannotOpen
        case SQLITE_BUSY, SQLITE_LOCKED, SQLITE_PROTOCOL: .busy
        case SQLITE_TOOBIG, SQLITE_CONSTRAINT, SQLITE_MISMATCH: .row
        default: .other
        }
    }

    /// The trouble in words for clients and operators: nothing of the file or its contents.
    var reason: String {
        switch self.kind {
        case .diskFull: "the disk is full"
        case .diskError: "the disk reported an error"
        case .damaged: "the database file is damaged"
        case .notADatabase: "the file is not an SQLite database"
        case .readOnly: "the database file cannot be written"
        case .cannotOpen: "the database file cannot be opened"
        case .busy: "another program holds the database"
        case .row: "the store does not take it"
        case .other: "the database failed"
        }
    }
}
