internal import ChatifyCore

/// The statements that read the log.
struct LogStatements {
    private let records: SQLiteStatement

    init(_ connection: SQLiteConnection) throws(SQLiteError) {
        self.records = try connection.prepare(
            """
            SELECT record.offset, scope.type, scope.name, record.created_at, record.message_id,
                   message.sender, message.text, message.pod, record.correlation, record.traceparent
            FROM record JOIN scope ON scope.id = record.scope
            JOIN message ON message.scope = record.scope AND message.created_at = record.created_at
                        AND message.message_id = record.message_id
            WHERE record.partition = ?1 AND record.offset >= ?2 AND record.offset < ?3
            ORDER BY record.offset
            """
        )
    }

    /// Reads records, each partition's in the order of its offsets.
    func records(_ reads: [LogRead]) throws(SQLiteError) -> [ChatRecord] {
        var records: [ChatRecord] = []
        for read in reads {
            try self.records.rows { statement throws(SQLiteError) in
                try statement.bind(1, Int64(read.partition))
                try statement.bind(2, read.offsets.lowerBound)
                try statement.bind(3, read.offsets.upperBound)
            } _: { row throws(SQLiteError) in
                records.append(try row.record(of: read.partition))
            }
        }
        return records
    }
}

extension SQLiteStatement {
    /// The record of a row of the log, with the columns in the order of ``LogStatements``.
    func record(of partition: Int32) throws(SQLiteError) -> ChatRecord {
        let event = ChatEvent(
            messageID: try self.messageID(4),
            scope: try self.scope(type: 1, name: 2),
            senderID: UserID(unchecked: self.text(5)),
            text: self.text(6),
            createdAt: self.time(3),
            originPodID: PodID(unchecked: self.text(7))
        )
        return ChatRecord(
            position: LogPosition(partition: partition, offset: self.number(0)),
            payload: .event(event),
            headers: RecordHeaders(
                correlationID: self.isNull(8) ? nil : CorrelationID(self.text(8)),
                traceparent: self.isNull(9) ? nil : self.text(9)
            )
        )
    }
}
