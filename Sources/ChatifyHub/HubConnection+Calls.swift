internal import ChatifyCore
internal import ChatifySignalR

// What each hub method does (contracts §4).
extension HubConnection {
    func perform(_ call: HubCall) async throws(ChatError) -> HubCompletion.Outcome {
        switch call {
        case .join(let id, let type):
            try await self.join(id, type)
            return .void
        case .leave(let id, let type):
            for scope in Self.scopes(id, type) { self.leave(scope) }
            return .void
        case .send(let draft):
            return .result(.encoded(ChatEventCodec.encodeAnswer(try await self.send(draft))))
        case .heartbeat:
            self.shard.note(.heartbeat, of: self.presence)
            return .void
        }
    }

    private func send(_ draft: MessageDraft) async throws(ChatError) -> EnrichedChatEvent {
        let headers = RecordHeaders(correlationID: .random())
        return try await self.shard.hub.chat.send(draft, from: self.userID, headers: headers)
    }

    /// Joins the scopes that are meant and allowed; with no type given it is enough that one is.
    private func join(_ id: ScopeID, _ type: ScopeType?) async throws(ChatError) {
        var isAllowedAnywhere = false
        for scope in Self.scopes(id, type) {
            guard try await self.shard.hub.chat.isAllowed(.join, by: self.userID, in: scope) else { continue }
            isAllowedAnywhere = true
            try self.join(scope)
        }
        guard isAllowedAnywhere else { throw ChatError(.forbidden, "You may not join this scope.") }
    }

    private static func scopes(_ id: ScopeID, _ type: ScopeType?) -> [ChatScope] {
        guard let type else { return [.channel(id), .directMessage(id)] }
        return [ChatScope(type: type, id: id)]
    }
}
