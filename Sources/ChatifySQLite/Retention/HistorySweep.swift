internal import ChatifyCore

/// One walk through all scopes that drops the messages before a point in time.
struct HistorySweep {
    private let limit: Timestamp
    private var scope: Int64 = 0
    /// The oldest message that was left because of its time alone, as far as the walk has come.
    private(set) var oldestLeft: Timestamp?

    /// The most scopes that one step looks at.
    private static let sliceScopes = 200

    init(before limit: Timestamp) { self.limit = limit }

    /// Goes on by a bounded piece, and says whether the walk is over.
    mutating func step(
        _ connection: SQLiteConnection,
        _ statements: RetentionStatements,
        _ log: LogReaders
    ) throws(SQLiteError) -> Bool {
        let scopes = try statements.scopes(after: self.scope, limit: Self.sliceScopes)
        var budget = RetentionPass.sliceRows
        for scope in scopes {
            let (due, left) = try self.due(in: scope, limit: budget, statements, log)
            if !due.isEmpty {
                try connection.inTransaction { () throws(SQLiteError) in
                    for place in due { try statements.remove(place, of: scope) }
                }
            }
            budget -= due.count
            // The scope may have more to drop: the next step begins with it.
            guard budget > 0 else { return false }
            self.scope = scope
            if let left { self.oldestLeft = min(self.oldestLeft ?? left, left) }
        }
        return scopes.count < Self.sliceScopes
    }

    /// The oldest messages that may go, and the first one that stays because of its time.
    ///
    /// One that a group has yet to read is not that: whoever looks for a time before which more may go would find the same one again and again.
    private func due(
        in scope: Int64,
        limit: Int,
        _ statements: RetentionStatements,
        _ log: LogReaders
    ) throws(SQLiteError) -> (due: [HistoryCursor], left: Timestamp?) {
        var due: [HistoryCursor] = []
        var left: Timestamp?
        try statements.oldestMessages(of: scope, limit: limit) { place, position in
            guard !log.isYetToBeRead(position) else { return false }
            guard place.createdAt < self.limit else {
                left = place.createdAt
                return false
            }
            due.append(place)
            return true
        }
        return (due, left)
    }
}

extension LogReaders {
    /// Whether a group has yet to read the record at that position.
    fileprivate func isYetToBeRead(_ position: LogPosition?) -> Bool {
        guard let position, (0..<self.partitions).contains(position.partition) else { return false }
        let partition = Int(position.partition)
        return self.availableOffsets(of: partition).contains(position.offset)
            && position.offset >= self.doneOffset(of: partition)
    }
}
