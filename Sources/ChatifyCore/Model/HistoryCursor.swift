/// A place in a scope's history: just behind one message, in whichever order the history is read.
///
/// Made of the message's time stamp and id, so that messages of the same millisecond neither repeat nor vanish
/// between pages (contracts §3).
public struct HistoryCursor: Sendable, Hashable {
    /// The time stamp of the message the place lies behind.
    public var createdAt: Timestamp
    /// The id of that message.
    public var messageID: MessageID

    /// Makes the place just behind the message of that time stamp and id.
    public init(createdAt: Timestamp, messageID: MessageID) {
        self.createdAt = createdAt
        self.messageID = messageID
    }

    /// Makes the place just behind `event`.
    public init(behind event: ChatEvent) {
        self.init(createdAt: event.createdAt, messageID: event.messageID)
    }
}

extension HistoryCursor: Comparable {
    /// Orders as history is ordered: by time stamp, then by id as unsigned bytes.
    public static func < (lhs: HistoryCursor, rhs: HistoryCursor) -> Bool {
        (lhs.createdAt, lhs.messageID) < (rhs.createdAt, rhs.messageID)
    }
}
