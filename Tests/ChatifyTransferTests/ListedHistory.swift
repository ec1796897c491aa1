internal import ChatifyCore
internal import ChatifyTransfer

/// A history in memory that knows its scopes, and may refuse one message.
final class ListedHistory: HistorySource, ChatHistoryRepository {
    private let history = InMemoryHistoryRepository()
    private let scopes = Locked([ChatScope]())
    private let refused: MessageID?
    private let refusal: ChatError

    init(refusing refused: MessageID? = nil, with refusal: ChatError = ChatError(.validation, "No.")) {
        self.refused = refused
        self.refusal = refusal
    }

    var guarantees: HistoryGuarantees { self.history.guarantees }

    func append(_ event: ChatEvent) async throws { _ = try await self.append(event, at: nil) }

    func append(_ event: ChatEvent, at position: LogPosition?) async throws(ChatError) -> AppendOutcome {
        guard event.messageID != self.refused else { throw self.refusal }
        self.scopes.withLock { scopes in
            if !scopes.contains(event.scope) { scopes.append(event.scope) }
            scopes.sort { $0.description < $1.description }
        }
        return try await self.history.append(event, at: position)
    }

    func messages(_ query: HistoryQuery) async throws(ChatError) -> HistoryPage {
        try await self.history.messages(query)
    }

    func scopeCount() async throws(ChatError) -> Int { self.scopes.withLock { $0.count } }

    func scopes(after scope: ChatScope?, limit: Int) async throws(ChatError) -> [ChatScope] {
        let scopes = self.scopes.withLock { $0 }
        let rest = scopes.drop { other in scope.map { other.description <= $0.description } ?? false }
        return Array(rest.prefix(limit))
    }
}
