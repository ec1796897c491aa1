public import ChatifyCore

/// The history in an SQLite file: durable, read and written by one process.
///
/// What ``SQLiteEventLog`` of the same store has acknowledged is in it already; ``append(_:at:)`` is for events of other logs.
public struct SQLiteHistoryRepository: ChatHistoryRepository {
    let calls: StoreCalls

    /// Durable unless the store was told otherwise (``SQLiteConfiguration/synchronous``), not shared.
    public var guarantees: HistoryGuarantees {
        HistoryGuarantees(isDurable: self.calls.isDurable, isShared: false)
    }

    /// Stores `event`; returns when it is committed, together with whatever else waited at that moment.
    ///
    /// Does not end early when the task is cancelled; the store's time-out bounds it.
    public func append(_ event: ChatEvent, at position: LogPosition?) async throws(ChatError) -> AppendOutcome {
        guard case .outcome(let outcome) = try await self.calls.write(.append(event, position)) else {
            preconditionFailure("An append was answered with something else.")
        }
        return outcome
    }

    /// Returns one page, read on a connection of its own.
    /// - Throws: `ChatError` with code `validation` for a limit outside `HistoryQuery.allowedLimits`, `unavailable` if the
    ///   file cannot be read.
    public func messages(_ query: HistoryQuery) async throws(ChatError) -> HistoryPage {
        try await self.calls.history.messages(query)
    }

    /// Returns the scopes that have or had messages, one page of them.
    ///
    /// - Ordering: by type, then by the UTF-8 bytes of the name. Pages, each after the last scope of the one before, join to the
    ///   whole without gap or repeat, but for scopes that appear meanwhile; one that is not full is the last.
    /// - Parameters:
    ///   - scope: The scope to go on behind, which need not exist; `nil` to begin at the first.
    ///   - limit: The most scopes to return, 1–500.
    /// - Throws: `ChatError` with code `validation` for another limit, `unavailable` if the file cannot be read.
    public func scopes(after scope: ChatScope?, limit: Int) async throws(ChatError) -> [ChatScope] {
        try await self.calls.history.scopes(after: scope, limit: limit)
    }
}
