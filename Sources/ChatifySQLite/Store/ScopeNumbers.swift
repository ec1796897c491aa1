internal import ChatifyCore

/// Finds the number that a scope has in the file, making one for a new scope.
///
/// It remembers at most ``capacity`` of them and forgets all at once beyond that, so that memory does not grow with the file.
struct ScopeNumbers {
    private static let capacity = 65_536

    private var known: [ChatScope: Int64] = [:]
    private let find: SQLiteStatement
    private let insert: SQLiteStatement

    init(_ connection: SQLiteConnection) throws(SQLiteError) {
        self.find = try connection.prepare("SELECT id FROM scope WHERE type = ? AND name = ?")
        self.insert = try connection.prepare("INSERT INTO scope (type, name) VALUES (?, ?)")
    }

    /// Returns the scope's number; within a transaction, because it may be a new one.
    mutating func number(of scope: ChatScope, in connection: SQLiteConnection) throws(SQLiteError) -> Int64 {
        if let number = self.known[scope] { return number }
        let number: Int64
        if let stored = try self.find(scope) {
            number = stored
        } else {
            number = try self.insert(scope, in: connection)
        }
        if self.known.count >= Self.capacity { self.known.removeAll(keepingCapacity: true) }
        self.known[scope] = number
        return number
    }

    /// Forgets everything, after a rollback that may have taken new scopes back.
    mutating func forget() { self.known.removeAll(keepingCapacity: true) }

    private func find(_ scope: ChatScope) throws(SQLiteError) -> Int64? {
        try self.find.bind(1, Int64(scope.type.rawValue))
        try self.find.bind(2, text: scope.id.rawValue)
        defer { self.find.reset() }
        return try self.find.step() ? self.find.number(0) : nil
    }

    private func insert(_ scope: ChatScope, in connection: SQLiteConnection) throws(SQLiteError) -> Int64 {
        try self.insert.run { statement throws(SQLiteError) in
            try statement.bind(1, Int64(scope.type.rawValue))
            try statement.bind(2, text: scope.id.rawValue)
        }
        return connection.lastInsertedID
    }
}
