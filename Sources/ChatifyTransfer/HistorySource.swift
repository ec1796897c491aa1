package import ChatifyCore

/// A history that can be read as a whole.
package protocol HistorySource: Sendable {
    /// How many scopes there are.
    func scopeCount() async throws(ChatError) -> Int

    /// At most `limit` scopes behind that one, in an order that does not change; fewer at the end.
    func scopes(after scope: ChatScope?, limit: Int) async throws(ChatError) -> [ChatScope]

    /// One page of a scope, as ``ChatHistoryRepository/messages(_:)``.
    func messages(_ query: HistoryQuery) async throws(ChatError) -> HistoryPage
}
