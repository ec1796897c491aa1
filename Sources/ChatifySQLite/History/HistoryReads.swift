internal import ChatifyCore

/// Asks the reader threads for what the history holds; the same for a store and for a reader alone.
struct HistoryReads: Sendable {
    let queue: CallQueue<Read, ReadAnswer>

    func messages(_ query: HistoryQuery) async throws(ChatError) -> HistoryPage {
        try self.check(query.limit)
        guard case .page(let page) = try await self.queue.ask(.page(query)) else {
            preconditionFailure("A page was answered with something else.")
        }
        return page
    }

    func scopes(after scope: ChatScope?, limit: Int) async throws(ChatError) -> [ChatScope] {
        try self.check(limit)
        guard case .scopes(let scopes) = try await self.queue.ask(.scopes(after: scope, limit: limit)) else {
            preconditionFailure("Scopes were answered with something else.")
        }
        return scopes
    }

    func scopeCount() async throws(ChatError) -> Int {
        guard case .count(let count) = try await self.queue.ask(.scopeCount) else {
            preconditionFailure("A count was answered with something else.")
        }
        return count
    }

    private func check(_ limit: Int) throws(ChatError) {
        guard !HistoryQuery.allowedLimits.contains(limit) else { return }
        let (least, most) = (HistoryQuery.allowedLimits.lowerBound, HistoryQuery.allowedLimits.upperBound)
        throw ChatError(.validation, "limit must be \(least) to \(most).")
    }
}
