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
