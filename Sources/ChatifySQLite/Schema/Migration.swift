/// One step of the schema's history: applied once, in order, and recorded in the file.
struct Migration: Sendable {
    /// The name it is recorded under; never changed once released.
    let id: String
    /// The statements that make the step.
    let sql: String
}

extension Migration {
    /// All steps, oldest first; new ones are added at the end and none is ever edited.
    static let all: [Migration] = [Self.initial]

    /// Messages stand in the order of history, all of one scope side by side, so that a page is one short walk.
    ///
    /// The log's records point to them, so a message is written once (decision 0009). Times are milliseconds since 1970, ids the
    /// sixteen bytes of the UUID. A message's `partition` and `offset` are where it stood in whatever log it came from.
    private static let initial = Migration(
        id: "0001_log_and_history",
        sql: """
            CREATE TABLE log (
                partitions INTEGER NOT NULL
            ) STRICT;

            CREATE TABLE scope (
                id INTEGER PRIMARY KEY,
                type INTEGER NOT NULL,
                name TEXT NOT NULL,
                UNIQUE (type, name)
            ) STRICT;

            CREATE TABLE message (
                scope INTEGER NOT NULL,
                created_at INTEGER NOT NULL,
                message_id BLOB NOT NULL,
                sender TEXT NOT NULL,
                text TEXT NOT NULL,
                pod TEXT NOT NULL,
                partition INTEGER,
                offset INTEGER,
                PRIMARY KEY (scope, created_at, message_id)
            ) STRICT, WITHOUT ROWID;

            CREATE TABLE record (
                partition INTEGER NOT NULL,
                offset INTEGER NOT NULL,
                scope INTEGER NOT NULL,
                created_at INTEGER NOT NULL,
                message_id BLOB NOT NULL,
                correlation TEXT,
                traceparent TEXT,
                PRIMARY KEY (partition, offset)
            ) STRICT, WITHOUT ROWID;

            CREATE TABLE consumer_group (
                name TEXT PRIMARY KEY,
                last_joined_at INTEGER NOT NULL
            ) STRICT, WITHOUT ROWID;

            CREATE TABLE committed (
                consumer_group TEXT NOT NULL,
                partition INTEGER NOT NULL,
                next_offset INTEGER NOT NULL,
                PRIMARY KEY (consumer_group, partition)
            ) STRICT, WITHOUT ROWID;

            CREATE TABLE health (
                id INTEGER PRIMARY KEY CHECK (id = 1),
                checked_at INTEGER NOT NULL,
                ballast BLOB NOT NULL
            ) STRICT;
            """
    )
}
