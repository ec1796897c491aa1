internal import ChatifyCore

/// The statements that read the history.
struct HistoryStatements {
    private let scopeNumber: SQLiteStatement
    private let oldestFirst: SQLiteStatement
    private let newestFirst: SQLiteStatement
    private let scopes: SQLiteStatement

    init(_ connection: SQLiteConnection) throws(SQLiteError) {
        self.scopeNumber = try connection.prepare("SELECT id FROM scope WHERE type = ? AND name = ?")
        self.oldestFirst = try connection.prepare(Self.page("ASC"))
        self.newestFirst = try connection.prepare(Self.page("DESC"))
        self.scopes = try connection.prepare(
            "SELECT type, name FROM scope WHERE (type, name) > (?, ?) ORDER BY type, name LIMIT ?"
        )
    }

    private static func page(_ direction: String) -> String {
        """
        SELECT created_at, message_id, sender, text, pod, partition, offset FROM message
        WHERE scope = ?1 AND (created_at, message_id) >= (?2, ?3) AND (created_at, message_id) < (?4, ?5)
        ORDER BY created_at \(direction), message_id \(direction) LIMIT ?6
        """
    }

    /// Reads one page; a scope that the file does not know has none.
    func page(_ query: HistoryQuery) throws(SQLiteError) -> HistoryPage {
        var messages: [HistoryMessage] = []
        guard let scope = try self.number(of: query.scope) else { return HistoryPage(messages: [], nextCursor: nil) }
        let range = HistoryRange(query)
        let statement = query.order == .newestFirst ? self.newestFirst : self.oldestFirst
        try statement.rows { statement throws(SQLiteError) in
            try statement.bind(1, scope)
            try range.bind(to: statement, at: 2)
            // One more than asked for tells whether there is another page.
            try statement.bind(6, Int64(query.limit) + 1)
        } _: { row throws(SQLiteError) in
            messages.append(try row.message(in: query.scope))
        }
        guard messages.count > query.limit else { return HistoryPage(messages: messages, nextCursor: nil) }
        messages.removeLast()
        return HistoryPage(messages: messages, nextCursor: messages.last.map { HistoryCursor(behind: $0.event) })
    }

    /// Reads the scopes behind `scope`, all from the first on for `nil`.
    func scopes(after scope: ChatScope?, limit: Int) throws(SQLiteError) -> [ChatScope] {
        var scopes: [ChatScope] = []
        try self.scopes.rows { statement throws(SQLiteError) in
            try statement.bind(1, scope.map { Int64($0.type.rawValue) } ?? -1)
            try statement.bind(2, text: scope?.id.rawValue ?? "")
            try statement.bind(3, Int64(limit))
        } _: { row throws(SQLiteError) in
            scopes.append(try row.scope(type: 0, name: 1))
        }
        return scopes
    }

    /// The number the file has for a scope; `nil` for one that it does not know.
    func number(of scope: ChatScope) throws(SQLiteError) -> Int64? {
        var number: Int64?
        try self.scopeNumber.rows { statement throws(SQLiteError) in
            try statement.bind(1, Int64(scope.type.rawValue))
            try statement.bind(2, text: scope.id.rawValue)
        } _: { row in
            number = row.number(0)
        }
        return number
    }
}

extension SQLiteStatement {
    /// The message of a row of a page.
    fileprivate func message(in scope: ChatScope) throws(SQLiteError) -> HistoryMessage {
        let event = ChatEvent(
            messageID: try self.messageID(1),
            scope: scope,
            senderID: UserID(unchecked: self.text(2)),
            text: self.text(3),
            createdAt: self.time(0),
            originPodID: PodID(unchecked: self.text(4))
        )
        return HistoryMessage(event: event, position: self.position(partition: 5, offset: 6))
    }
}
