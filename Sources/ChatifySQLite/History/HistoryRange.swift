internal import ChatifyCore

/// The stretch of a scope's history that a query asks for, from `lower` up to but without `upper`.
///
/// Time bounds and cursor become one pair of places, so that one statement serves every query.
struct HistoryRange: Equatable {
    /// A place between messages; the id may lie behind all ids there are.
    struct Place: Equatable {
        let createdAt: Timestamp
        /// `nil` for behind all ids.
        let messageID: MessageID?
    }

    private(set) var lower: Place
    private(set) var upper: Place

    init(_ query: HistoryQuery) {
        self.lower = Place(
            createdAt: query.from ?? Timestamp(millisecondsSinceEpoch: .min),
            messageID: MessageID(high: 0, low: 0)
        )
        self.upper =
            query.to.map { Place(createdAt: $0, messageID: MessageID(high: 0, low: 0)) }
            ?? Place(createdAt: Timestamp(millisecondsSinceEpoch: .max), messageID: nil)
        guard let after = query.after else { return }
        let cursor = Place(createdAt: after.createdAt, messageID: after.messageID)
        if query.order == .newestFirst {
            self.upper = min(self.upper, cursor)
        } else {
            self.lower = max(self.lower, cursor.next)
        }
    }
}

extension HistoryRange.Place: Comparable {
    static func < (lhs: HistoryRange.Place, rhs: HistoryRange.Place) -> Bool {
        guard lhs.createdAt == rhs.createdAt else { return lhs.createdAt < rhs.createdAt }
        switch (lhs.messageID, rhs.messageID) {
        case (let left?, let right?): return left < right
        case (.some, nil): return true
        case (nil, _): return false
        }
    }

    /// The first place behind this one's message.
    fileprivate var next: HistoryRange.Place {
        guard let id = self.messageID else { return self }
        let (low, carries) = id.low.addingReportingOverflow(1)
        let (high, overflows) = id.high.addingReportingOverflow(carries ? 1 : 0)
        return HistoryRange.Place(
            createdAt: self.createdAt,
            messageID: overflows ? nil : MessageID(high: high, low: low)
        )
    }
}

extension HistoryRange {
    /// Binds both places, as four parameters from `index` on.
    func bind(to statement: SQLiteStatement, at index: Int32) throws(SQLiteError) {
        try self.lower.bind(to: statement, at: index)
        try self.upper.bind(to: statement, at: index + 2)
    }
}

extension HistoryRange.Place {
    fileprivate func bind(to statement: SQLiteStatement, at index: Int32) throws(SQLiteError) {
        try statement.bind(index, self.createdAt)
        guard let id = self.messageID else {
            // Seventeen bytes lie behind any sixteen that they begin with.
            return try statement.bind(index + 1, bytes: [UInt8](repeating: 0xFF, count: 17))
        }
        try statement.bind(index + 1, id)
    }
}
