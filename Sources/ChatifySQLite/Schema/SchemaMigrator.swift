internal import ChatifyCore

/// Brings a database file to this version's schema, or says why it cannot.
struct SchemaMigrator {
    /// Marks a file as Chatify's in its header: `Chat` in ASCII (https://sqlite.org/pragma.html#pragma_application_id).
    static let applicationID: Int64 = 0x4368_6174

    let migrations: [Migration]

    /// What keeps a file from being used.
    enum Refusal: Error {
        /// It holds tables, but not ours.
        case foreignDatabase
        /// It was written by a version that knows a migration this one does not.
        case newerVersion(migration: String)
        case sqlite(SQLiteError)

        fileprivate static func wrap<Value>(_ body: () throws(SQLiteError) -> Value) throws(Refusal) -> Value {
            do throws(SQLiteError) { return try body() } catch { throw .sqlite(error) }
        }
    }

    /// Looks at the file without changing it.
    /// - Returns: The migrations that it lacks.
    func pending(in connection: SQLiteConnection) throws(Refusal) -> ArraySlice<Migration> {
        guard let applied = try Refusal.wrap({ () throws(SQLiteError) in try self.applied(in: connection) }) else {
            let tables = try Refusal.wrap { () throws(SQLiteError) in
                try connection.number("SELECT count(*) FROM sqlite_schema")
            }
            guard tables == 0 else { throw .foreignDatabase }
            return self.migrations[...]
        }
        let known = self.migrations.map(\.id)
        if let unknown = applied.first(where: { !known.contains($0) }) { throw .newerVersion(migration: unknown) }
        return self.migrations.dropFirst(applied.count)
    }

    /// Applies what the file lacks, all of it or nothing.
    func migrate(_ connection: SQLiteConnection, now: Timestamp) throws(Refusal) {
        let pending = try self.pending(in: connection)
        guard !pending.isEmpty else { return }
        try Refusal.wrap { () throws(SQLiteError) in
            try connection.inTransaction { () throws(SQLiteError) in
                try self.apply(pending, to: connection, now: now)
            }
        }
    }

    private func apply(
        _ pending: ArraySlice<Migration>,
        to connection: SQLiteConnection,
        now: Timestamp
    ) throws(SQLiteError) {
        try connection.execute("PRAGMA application_id = \(Self.applicationID)")
        try connection.execute(
            "CREATE TABLE IF NOT EXISTS schema_migration (id TEXT PRIMARY KEY, applied_at INTEGER NOT NULL) STRICT"
        )
        let record = try connection.prepare("INSERT INTO schema_migration VALUES (?, ?)")
        for migration in pending {
            try connection.execute(migration.sql)
            try record.run { statement throws(SQLiteError) in
                try statement.bind(1, text: migration.id)
                try statement.bind(2, now.millisecondsSinceEpoch)
            }
        }
    }

    /// The ids of the migrations the file has, sorted; `nil` if it is not marked as Chatify's.
    private func applied(in connection: SQLiteConnection) throws(SQLiteError) -> [String]? {
        guard try connection.number("PRAGMA application_id") == Self.applicationID else { return nil }
        var ids: [String] = []
        let statement = try connection.prepare("SELECT id FROM schema_migration ORDER BY id")
        while try statement.step() { ids.append(statement.text(0)) }
        return ids
    }
}
