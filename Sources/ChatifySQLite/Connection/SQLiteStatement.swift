internal import CSQLite

/// A prepared statement of one connection; used by the thread that uses the connection.
final class SQLiteStatement {
    private let handle: OpaquePointer
    private let connection: SQLiteConnection

    init(_ handle: OpaquePointer, of connection: SQLiteConnection) {
        self.handle = handle
        self.connection = connection
    }

    deinit { sqlite3_finalize(self.handle) }

    /// Goes to the next row; `false` at the end.
    func step() throws(SQLiteError) -> Bool {
        switch sqlite3_step(self.handle) {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        default: throw self.error
        }
    }

    /// Makes the statement ready for its next use; what was bound is forgotten.
    func reset() {
        // It repeats the error of the last step, which was thrown then.
        sqlite3_reset(self.handle)
        sqlite3_clear_bindings(self.handle)
    }

    /// Binds, runs to the end, and makes the statement ready for its next use.
    func run(_ bind: (SQLiteStatement) throws(SQLiteError) -> Void) throws(SQLiteError) {
        defer { self.reset() }
        try bind(self)
        while try self.step() {}
    }

    /// Binds, hands each row to `body`, and makes the statement ready for its next use.
    func rows(
        _ bind: (SQLiteStatement) throws(SQLiteError) -> Void,
        _ body: (SQLiteStatement) throws(SQLiteError) -> Void
    ) throws(SQLiteError) {
        defer { self.reset() }
        try bind(self)
        while try self.step() { try body(self) }
    }

    private var error: SQLiteError { self.connection.lastError(attempted: "statement") }

    private func check(_ result: Int32) throws(SQLiteError) {
        guard result == SQLITE_OK else { throw self.error }
    }
}

// Parameters, numbered from 1.
extension SQLiteStatement {
    func bind(_ index: Int32, _ number: Int64) throws(SQLiteError) {
        try self.check(sqlite3_bind_int64(self.handle, index, number))
    }

    func bind(_ index: Int32, _ number: Int64?) throws(SQLiteError) {
        guard let number else { return try self.check(sqlite3_bind_null(self.handle, index)) }
        try self.bind(index, number)
    }

    func bind(_ index: Int32, text: String) throws(SQLiteError) {
        var text = text
        try self.check(
            text.withUTF8 { bytes in
                bytes.withMemoryRebound(to: CChar.self) { characters in
                    // An empty text may have no address, which would bind NULL.
                    guard let start = characters.baseAddress else {
                        return chatify_sqlite3_bind_text(self.handle, index, "", 0)
                    }
                    return chatify_sqlite3_bind_text(self.handle, index, start, UInt64(characters.count))
                }
            }
        )
    }

    func bind(_ index: Int32, text: String?) throws(SQLiteError) {
        guard let text else { return try self.check(sqlite3_bind_null(self.handle, index)) }
        try self.bind(index, text: text)
    }

    func bind(_ index: Int32, bytes: [UInt8]) throws(SQLiteError) {
        try self.check(
            bytes.withUnsafeBytes { chatify_sqlite3_bind_blob(self.handle, index, $0.baseAddress, UInt64($0.count)) }
        )
    }

    /// Binds sixteen bytes, the most significant first.
    func bind(_ index: Int32, high: UInt64, low: UInt64) throws(SQLiteError) {
        let words = (high.bigEndian, low.bigEndian)
        try self.check(
            withUnsafeBytes(of: words) {
                chatify_sqlite3_bind_blob(self.handle, index, $0.baseAddress, UInt64($0.count))
            }
        )
    }
}

// Columns of the row at hand, numbered from 0.
extension SQLiteStatement {
    func isNull(_ column: Int32) -> Bool { sqlite3_column_type(self.handle, column) == SQLITE_NULL }

    func number(_ column: Int32) -> Int64 { sqlite3_column_int64(self.handle, column) }

    /// The text, also if it holds NUL; empty for NULL.
    func text(_ column: Int32) -> String {
        guard let start = sqlite3_column_text(self.handle, column) else { return "" }
        let count = Int(sqlite3_column_bytes(self.handle, column))
        return String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
    }

    /// Lends the bytes, which are gone with the next step.
    func withBytes<Value>(_ column: Int32, _ body: (UnsafeRawBufferPointer) -> Value) -> Value {
        let start = sqlite3_column_blob(self.handle, column)
        return body(UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(self.handle, column))))
    }
}
