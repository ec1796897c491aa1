internal import ChatifyCore
internal import ChatifyJSON
internal import ChatifyWire

extension ChatRoutes {
    /// `GET /chat/history/{scopeType}/{scopeId}`: one page of a scope's history.
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

extension HistoryPage {
    /// The bytes after which a page ends, whatever its limit: an answer waits in memory for as long as its client takes to read it.
    private static let maximumBytes = 2_097_152

    fileprivate func json(for scope: ChatScope) -> [UInt8] {
        var writer = JSONWriter(reserving: 64 + 320 * self.messages.count)
        writer.beginObject()
        writer.key("messages")
        writer.beginArray()
        var count = 0
        while count < self.messages.count, writer.bytes.count < Self.maximumBytes {
            writer.raw(ChatEventCodec.encode(self.messages[count].event))
            count += 1
        }
        writer.endArray()
        writer.key("nextCursor")
        if let cursor = self.cursor(behind: count) { writer.string(cursor.token(for: scope)) } else { writer.null() }
        writer.endObject()
        return writer.bytes
    }

    /// Where the next page begins if this one ends after so many messages.
    private func cursor(behind count: Int) -> HistoryCursor? {
        guard count < self.messages.count else { return self.nextCursor }
        return HistoryCursor(behind: self.messages[count - 1].event)
    }
}
