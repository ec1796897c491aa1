/// Which messages of a scope's history are asked for.
public struct HistoryQuery: Sendable, Hashable {
    /// The scope.
    public var scope: ChatScope
    /// The earliest time stamp wanted, inclusive; `nil` for no bound.
    public var from: Timestamp?
    /// The time stamp to stop before, exclusive; `nil` for no bound.
    public var to: Timestamp?
    /// Only messages after this place; `nil` to begin at the first.
    public var after: HistoryCursor?
    /// The most messages to return, 1–500.
    public var limit: Int

    /// Makes a query; without bounds it asks for the first 100 messages.
    public init(
        scope: ChatScope,
        from: Timestamp? = nil,
        to: Timestamp? = nil,
        after: HistoryCursor? = nil,
        limit: Int = 100
    ) {
        self.scope = scope
        self.from = from
        self.to = to
        self.after = after
        self.limit = limit
    }

    /// The limits that a client may ask for (contracts §3).
    public static let allowedLimits = 1...500
}

/// One page of a scope's history.
public struct HistoryPage: Sendable, Hashable {
    /// The messages, oldest first.
    public var messages: [HistoryMessage]
    /// Where the next page begins, or `nil` when no message matched beyond this page.
    public var nextCursor: HistoryCursor?

    /// Makes a page of its parts.
    public init(messages: [HistoryMessage], nextCursor: HistoryCursor?) {
        self.messages = messages
        self.nextCursor = nextCursor
    }
}

/// A stored message.
public struct HistoryMessage: Sendable, Hashable {
    /// The event.
    public var event: ChatEvent
    /// Where it stood in the log, if that is known.
    public var position: LogPosition?

    /// Joins an event and its position.
    public init(event: ChatEvent, position: LogPosition?) {
        self.event = event
        self.position = position
    }
}
