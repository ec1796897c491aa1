internal import ChatifyCore

/// The statements that drop what is old.
struct RetentionStatements {
    private let records: SQLiteStatement
    private let trim: SQLiteStatement
    private let scopes: SQLiteStatement
    private let messages: SQLiteStatement
    private let message: SQLiteStatement

    init(_ connection: SQLiteConnection) throws(SQLiteError) {
        self.records = try connection.prepare(
            "SELECT offset, created_at FROM record WHERE partition = ? AND offset < ? ORDER BY offset LIMIT ?"
        )
        self.trim = try connection.prepare("DELETE FROM record WHERE partition = ? AND offset < ?")
        self.scopes = try connection.prepare("SELECT id FROM scope WHERE id > ? ORDER BY id LIMIT ?")
        self.messages = try connection.prepare(
            """
            SELECT created_at, message_id, partition, offset FROM message WHERE scope = ?
            ORDER BY created_at, message_id LIMIT ?
            """
        )
        self.message = try connection.prepare(
            "DELETE FROM message WHERE scope = ? AND created_at = ? AND message_id = ?"
        )
    }

    /// Shows the oldest records of a partition until `visit` says that it has seen enough.
    func oldestRecords(
        of partition: Int,
        before end: Int64,
        limit: Int,
        _ visit: (_ offset: Int64, _ createdAt: Timestamp) -> Bool
    ) throws(SQLiteError) {
        defer { self.records.reset() }
        try self.records.bind(1, Int64(partition))
        try self.records.bind(2, end)
        try self.records.bind(3, Int64(limit))
        while try self.records.step() {
            guard visit(self.records.number(0), self.records.time(1)) else { return }
        }
    }

    func trim(_ partition: Int, before offset: Int64) throws(SQLiteError) {
        try self.trim.run { statement throws(SQLiteError) in
            try statement.bind(1, Int64(partition))
            try statement.bind(2, offset)
        }
    }

    func scopes(after number: Int64, limit: Int) throws(SQLiteError) -> [Int64] {
        var scopes: [Int64] = []
        try self.scopes.rows { statement throws(SQLiteError) in
            try statement.bind(1, number)
            try statement.bind(2, Int64(limit))
        } _: { row in
            scopes.append(row.number(0))
        }
        return scopes
    }

    /// Shows the oldest messages of a scope until `visit` says that it has seen enough.
    func oldestMessages(
        of scope: Int64,
        limit: Int,
        _ visit: (_ place: HistoryCursor, _ position: LogPosition?) -> Bool
    ) throws(SQLiteError) {
        defer { self.messages.reset() }
        try self.messages.bind(1, scope)
        try self.messages.bind(2, Int64(limit))
        while try self.messages.step() {
            let place = HistoryCursor(createdAt: self.messages.time(0), messageID: try self.messages.messageID(1))
            guard visit(place, self.messages.position(partition: 2, offset: 3)) else { return }
        }
    }

    func remove(_ place: HistoryCursor, of scope: Int64) throws(SQLiteError) {
        try self.message.run { statement throws(SQLiteError) in
            try statement.bind(1, scope)
            try statement.bind(2, place.createdAt)
            try statement.bind(3, place.messageID)
        }
    }
}

extension SQLiteConnection {
    /// The bytes of the file that hold something.
    func usedBytes() throws(SQLiteError) -> Int64 {
        let pages = try self.number("PRAGMA page_count") ?? 0
        let free = try self.number("PRAGMA freelist_count") ?? 0
        return (pages - free) * (try self.number("PRAGMA page_size") ?? 0)
    }
}
