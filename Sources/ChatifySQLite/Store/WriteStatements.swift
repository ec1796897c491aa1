internal import ChatifyCore

/// The statements of the writer, prepared once.
struct WriteStatements {
    private let message: SQLiteStatement
    private let record: SQLiteStatement
    private let group: SQLiteStatement
    private let firstOffset: SQLiteStatement
    private let raisedOffset: SQLiteStatement
    private let removedGroup: SQLiteStatement
    private let removedOffsets: SQLiteStatement
    private let health: SQLiteStatement

    init(_ connection: SQLiteConnection) throws(SQLiteError) {
        self.message = try connection.prepare(
            """
            INSERT INTO message (scope, created_at, message_id, sender, text, pod, partition, offset)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (scope, created_at, message_id) DO NOTHING
            """
        )
        self.record = try connection.prepare(
            """
            INSERT INTO record (partition, offset, scope, created_at, message_id, correlation, traceparent)
            VALUES (?, ?, ?, ?, ?, ?, ?)
            """
        )
        self.group = try connection.prepare(
            """
            INSERT INTO consumer_group (name, last_joined_at) VALUES (?, ?)
            ON CONFLICT (name) DO UPDATE SET last_joined_at = excluded.last_joined_at
            """
        )
        self.firstOffset = try connection.prepare(
            """
            INSERT INTO committed (consumer_group, partition, next_offset) VALUES (?, ?, ?)
            ON CONFLICT (consumer_group, partition) DO NOTHING
            """
        )
        self.raisedOffset = try connection.prepare(
            """
            UPDATE committed SET next_offset = max(next_offset, ?3) WHERE consumer_group = ?1 AND partition = ?2
            """
        )
        self.removedGroup = try connection.prepare("DELETE FROM consumer_group WHERE name = ?")
        self.removedOffsets = try connection.prepare("DELETE FROM committed WHERE consumer_group = ?")
        self.health = try connection.prepare(
            """
            INSERT INTO health (id, checked_at, ballast) VALUES (1, ?, randomblob(65536))
            ON CONFLICT (id) DO UPDATE SET checked_at = excluded.checked_at, ballast = excluded.ballast
            """
        )
    }

    /// Inserts a message; one with its place in the history is kept as it is.
    func insertMessage(_ event: ChatEvent, scope: Int64, at position: LogPosition?) throws(SQLiteError) {
        try self.message.run { statement throws(SQLiteError) in
            try statement.bind(1, scope)
            try statement.bind(2, event.createdAt)
            try statement.bind(3, event.messageID)
            try statement.bind(4, text: event.senderID.rawValue)
            try statement.bind(5, text: event.text)
            try statement.bind(6, text: event.originPodID.rawValue)
            try statement.bind(7, position.map { Int64($0.partition) })
            try statement.bind(8, position?.offset)
        }
    }

    func insertRecord(
        _ event: ChatEvent,
        scope: Int64,
        headers: RecordHeaders,
        at position: LogPosition
    ) throws(SQLiteError) {
        try self.record.run { statement throws(SQLiteError) in
            try statement.bind(1, Int64(position.partition))
            try statement.bind(2, position.offset)
            try statement.bind(3, scope)
            try statement.bind(4, event.createdAt)
            try statement.bind(5, event.messageID)
            try statement.bind(6, text: headers.correlationID?.description)
            try statement.bind(7, text: headers.traceparent)
        }
    }

    func join(group: String, offsets: [Int64], now: Timestamp) throws(SQLiteError) {
        try self.group.run { statement throws(SQLiteError) in
            try statement.bind(1, text: group)
            try statement.bind(2, now)
        }
        try self.each(offsets, of: group, self.firstOffset)
    }

    func commit(group: String, offsets: [Int64]) throws(SQLiteError) {
        try self.each(offsets, of: group, self.raisedOffset)
    }

    func remove(group: String) throws(SQLiteError) {
        for statement in [self.removedGroup, self.removedOffsets] {
            try statement.run { statement throws(SQLiteError) in try statement.bind(1, text: group) }
        }
    }

    /// Writes more than a send does, so that a disk with no room for a send is not found healthy.
    func probe(now: Timestamp) throws(SQLiteError) {
        try self.health.run { statement throws(SQLiteError) in try statement.bind(1, now) }
    }

    private func each(_ offsets: [Int64], of group: String, _ statement: SQLiteStatement) throws(SQLiteError) {
        for (partition, offset) in offsets.enumerated() {
            try statement.run { statement throws(SQLiteError) in
                try statement.bind(1, text: group)
                try statement.bind(2, Int64(partition))
                try statement.bind(3, offset)
            }
        }
    }
}
