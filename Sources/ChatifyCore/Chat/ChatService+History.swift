extension ChatService {
    /// Returns one page of a scope's history to `reader`.
    ///
    /// - Throws: ``ChatError`` with code ``ChatError/Code/validation`` for a limit out of range,
    ///   ``ChatError/Code/forbidden`` if the reader may not read there, ``ChatError/Code/unavailable`` if the store is
    ///   out of reach.
    public func messages(_ query: HistoryQuery, for reader: UserID) async throws(ChatError) -> HistoryPage {
        guard HistoryQuery.allowedLimits.contains(query.limit) else {
            let allowed = HistoryQuery.allowedLimits
            throw ChatError(.validation, "limit must be between \(allowed.lowerBound) and \(allowed.upperBound).")
        }
        try await self.demand(.readHistory, by: reader, in: query.scope)
        return try await self.history.messages(query)
    }
}
