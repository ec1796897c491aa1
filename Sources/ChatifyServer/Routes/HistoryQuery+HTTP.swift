internal import ChatifyCore
internal import ChatifyWire

extension HistoryQuery {
    /// Reads the query items of `GET /chat/history/…` (contracts §3); one that is empty counts as not there.
    init(_ items: HTTPQuery, scope: ChatScope) throws(ChatError) {
        self.init(scope: scope)
        self.from = try items.value("from", "an ISO 8601 date and time such as 2026-01-15T10:30:00Z") {
            Timestamp(iso8601: $0)
        }
        self.to = try items.value("to", "an ISO 8601 date and time such as 2026-01-15T10:30:00Z") {
            Timestamp(iso8601: $0)
        }
        self.after = try items.value("cursor", "the nextCursor of an earlier page of this scope") {
            HistoryCursor(token: $0, for: scope)
        }
        let allowed = HistoryQuery.allowedLimits
        self.limit =
            try items.value("limit", "a number from \(allowed.lowerBound) to \(allowed.upperBound)") { text in
                Int(text).flatMap { allowed.contains($0) ? $0 : nil }
            } ?? self.limit
        self.order = try items.value("order", "oldest or newest", HistoryOrder.init) ?? self.order
    }
}

extension HistoryOrder {
    /// The order that comes with `text`: `oldest` or `newest` first.
    fileprivate init?(_ text: String) {
        switch text {
        case "oldest": self = .oldestFirst
        case "newest": self = .newestFirst
        default: return nil
        }
    }
}

extension HTTPQuery {
    /// Reads an item if it is there and not empty.
    fileprivate func value<Value>(
        _ name: String,
        _ expectation: String,
        _ parse: (String) -> Value?
    ) throws(ChatError) -> Value? {
        guard let text = self.first(name), !text.isEmpty else { return nil }
        guard let value = parse(text) else { throw ChatError(.validation, "\(name) must be \(expectation).") }
        return value
    }
}
