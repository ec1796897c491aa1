internal import CSQLite
internal import ChatifyCore

// The chat's own types as parameters and columns.
extension SQLiteStatement {
    /// Binds the sixteen bytes of an id, most significant first, so that SQLite orders them as history does.
    func bind(_ index: Int32, _ id: MessageID) throws(SQLiteError) {
        try self.bind(index, high: id.high, low: id.low)
    }

    func bind(_ index: Int32, _ time: Timestamp) throws(SQLiteError) {
        try self.bind(index, time.millisecondsSinceEpoch)
    }

    func time(_ column: Int32) -> Timestamp { Timestamp(millisecondsSinceEpoch: self.number(column)) }

    func messageID(_ column: Int32) throws(SQLiteError) -> MessageID {
        let id = self.withBytes(column) { bytes -> MessageID? in
            guard bytes.count == 16 else { return nil }
            return MessageID(
                high: UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 0, as: UInt64.self)),
                low: UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
            )
        }
        guard let id else { throw .damagedRow }
        return id
    }

    func scope(type: Int32, name: Int32) throws(SQLiteError) -> ChatScope {
        guard let type = ScopeType(rawValue: Int(self.number(type))), let id = ScopeID(rawValue: self.text(name)) else {
            throw .damagedRow
        }
        return ChatScope(type: type, id: id)
    }

    func position(partition: Int32, offset: Int32) -> LogPosition? {
        guard !self.isNull(partition) else { return nil }
        return LogPosition(partition: Int32(clamping: self.number(partition)), offset: self.number(offset))
    }
}

extension SQLiteError {
    /// A row that this schema's writer cannot have written.
    fileprivate static var damagedRow: SQLiteError {
        SQLiteError(code: SQLITE_CORRUPT, message: "a row is not what the schema says", attempted: "read")
    }
}
