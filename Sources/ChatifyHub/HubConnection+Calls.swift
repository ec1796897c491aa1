internal import ChatifyCore
internal import ChatifySignalR

// What each hub method does (contracts §4).
extension HubConnection {
    /// What a call results in.
    enum CallResult {
        case none
        case sent(EnrichedChatEvent)
        case online([UserID])
        case resumed(ResumeOutcome)
    }

    /// Carries out a call and returns its result.
    func perform(_ call: HubCall, correlationID: CorrelationID) async throws(ChatError) -> CallResult {
        switch call {
        case .join(let id, let type):
            try self.join(try await self.allowedScopes(id, type))
            return .none
        case .leave(let id, let type):
            for scope in Self.scopes(id, type) { self.leave(scope) }
            return .none
        case .resume(let id, let type, let position):
            let scopes = try await self.allowedScopes(id, type)
            return .resumed(try await self.resume(scopes, of: id, behind: position))
        case .send(let draft):
            return .sent(try await self.send(draft, correlationID))
        case .heartbeat:
            if self.transport != nil { self.shard.note(.heartbeat, of: self.presence) }
            return .none
        case .watchPresence(let users):
            return .online(try await self.watch(users))
        }
    }

    private func send(
        _ draft: MessageDraft,
        _ correlationID: CorrelationID
    ) async throws(ChatError) -> EnrichedChatEvent {
        let headers = RecordHeaders(correlationID: correlationID)
        return try await self.shard.hub.chat.send(draft, from: self.userID, headers: headers)
    }

    /// The scopes that are meant and that the user may join; with no type given it is enough that one is allowed.
    private func allowedScopes(_ id: ScopeID, _ type: ScopeType?) async throws(ChatError) -> [ChatScope] {
        var allowed: [ChatScope] = []
        for scope in Self.scopes(id, type)
        where try await self.shard.hub.chat.isAllowed(.join, by: self.userID, in: scope) {
            allowed.append(scope)
        }
        guard !allowed.isEmpty else { throw ChatError(.forbidden, "You may not join this scope.") }
        return allowed
    }

    private static func scopes(_ id: ScopeID, _ type: ScopeType?) -> [ChatScope] {
        guard let type else { return [.channel(id), .directMessage(id)] }
        return [ChatScope(type: type, id: id)]
    }
}
