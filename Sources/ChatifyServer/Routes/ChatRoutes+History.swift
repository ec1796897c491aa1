internal import ChatifyCore
internal import ChatifyJSON
internal import ChatifyWire

extension ChatRoutes {
    /// `GET /chat/history/{scopeType}/{scopeId}`: one page of a scope's history, oldest first.
    func history(_ request: HTTPRequest, scopeType: String, scopeID: String) async throws(ChatError) -> HTTPOutcome {
        guard let type = ScopeType(text: scopeType) else {
            throw ChatError(.validation, "scopeType must be 0, 1, Channel or DirectMessage.")
        }
        let scope = ChatScope(type: type, id: try ScopeID(scopeID))
        let query = try HistoryQuery(request.head.query, scope: scope)
        let reader = try await self.identify(request)
        let page = try await self.services.chat.messages(query, for: reader.userID)
        return self.json(page.json(for: scope))
    }
}

extension HistoryQuery {
    fileprivate init(_ items: HTTPQuery, scope: ChatScope) throws(ChatError) {
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

extension HistoryPage {
    fileprivate func json(for scope: ChatScope) -> [UInt8] {
        var writer = JSONWriter(reserving: 64 + 320 * self.messages.count)
        writer.beginObject()
        writer.key("messages")
        writer.beginArray()
        for message in self.messages { writer.raw(ChatEventCodec.encode(message.event)) }
        writer.endArray()
        writer.key("nextCursor")
        if let cursor = self.nextCursor { writer.string(cursor.token(for: scope)) } else { writer.null() }
        writer.endObject()
        return writer.bytes
    }
}
