internal import ChatifyCore

/// What a client that resumes is to get from the log.
struct ReplayRead: Sendable {
    let scopes: [ChatScope]
    let partition: Int32
    let offsets: Range<Int64>
    let limit: Int
}

/// The statements that find past events of the log by their offsets.
struct ReplayStatements {
    private let events: SQLiteStatement
    private let count: SQLiteStatement

    init(_ connection: SQLiteConnection) throws(SQLiteError) {
        // The columns of `LogStatements`. The message of a record is gone once the history's retention has dropped it. A cross join, which
        // SQLite does not turn around, so that it walks the offsets and not the scope.
        self.events = try connection.prepare(
            """
            SELECT record.offset, scope.type, scope.name, record.created_at, record.message_id,
                   message.sender, message.text, message.pod, record.correlation, record.traceparent
            FROM record CROSS JOIN scope ON scope.id = record.scope
            LEFT JOIN message ON message.scope = record.scope AND message.created_at = record.created_at
                             AND message.message_id = record.message_id
            WHERE record.partition = ?1 AND record.offset >= ?2 AND record.offset < ?3 AND record.scope IN (?4, ?5)
            ORDER BY record.offset LIMIT ?6
            """
        )
        self.count = try connection.prepare(
            "SELECT count(*) FROM record WHERE partition = ?1 AND offset >= ?2 AND offset < ?3"
        )
    }

    /// Reads every event of the scopes with these numbers, or `nil` if one may be missing.
    func events(_ read: ReplayRead, _ scopes: [Int64]) throws(SQLiteError) -> [EnrichedChatEvent]? {
        var events: [EnrichedChatEvent] = []
        var isWhole = true
        try self.events.rows { statement throws(SQLiteError) in
            try Self.bind(read, to: statement)
            // No scope has the number 0.
            try statement.bind(4, scopes.first ?? 0)
            try statement.bind(5, scopes.last ?? 0)
            try statement.bind(6, Int64(read.limit) + 1)
        } _: { row throws(SQLiteError) in
            guard !row.isNull(5) else { return isWhole = false }
            let record = try row.record(of: read.partition)
            guard case .event(let event) = record.payload else { return }
            events.append(EnrichedChatEvent(event: event, position: record.position))
        }
        guard isWhole, events.count <= read.limit else { return nil }
        // Counted behind the events: records go from the oldest on and never come back, so those here now were here before.
        return try self.holdsAll(read) ? events : nil
    }

    private func holdsAll(_ read: ReplayRead) throws(SQLiteError) -> Bool {
        var count: Int64 = 0
        try self.count.rows { statement throws(SQLiteError) in
            try Self.bind(read, to: statement)
        } _: { row in
            count = row.number(0)
        }
        return count == Int64(read.offsets.count)
    }

    private static func bind(_ read: ReplayRead, to statement: SQLiteStatement) throws(SQLiteError) {
        try statement.bind(1, Int64(read.partition))
        try statement.bind(2, read.offsets.lowerBound)
        try statement.bind(3, read.offsets.upperBound)
    }
}
