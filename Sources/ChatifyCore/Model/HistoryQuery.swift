/// Which messages of a scope's history are asked for.
public struct HistoryQuery: Sendable, Hashable {
    /// The scope.
    public var scope: ChatScope
    /// The earliest time stamp wanted, inclusive; `nil` for no bound.
    public var from: Timestamp?
    /// The time stamp to stop before, exclusive; `nil` for no bound.
    public var to: Timestamp?
    /// Only messages that come after this place in the order asked for, which with ``HistoryOrder/newestFirst`` are
    /// the older ones; `nil` to begin at the first.
    public var after: HistoryCursor?
    /// The most messages to return, 1–500.
    public var limit: Int
    /// Which messages come first; the bounds are the same either way.
    public var order: HistoryOrder

    /// Makes a query; without bounds it asks for the first 100 messages of the order.
    public init(
        scope: ChatScope,
        from: Timestamp? = nil,
        to: Timestamp? = nil,
        after: HistoryCursor? = nil,
        limit: Int = 100,
        order: HistoryOrder = .oldestFirst
    ) {
        self.scope = scope
        self.from = from
        self.to = to
        self.after = after
        self.limit = limit
        self.order = order
    }

    /// The limits that a client may ask for (contracts §3).
    public static let allowedLimits = 1...500
}

/// One page of a scope's history.
public struct HistoryPage: Sendable, Hashable {
    /// The messages, in the order asked for.
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
