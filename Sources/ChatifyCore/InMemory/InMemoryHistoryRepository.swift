/// The history in memory: gone with the process, seen by this process alone.
///
/// Bound: it holds `capacity` messages over all scopes; beyond that each new message drops the one that arrived first,
/// whatever its time stamp. A message that was dropped is not known any more: appending it again stores it again.
public final class InMemoryHistoryRepository: ChatHistoryRepository {
    fileprivate struct State {
        var scopes: [ChatScope: ScopeHistory] = [:]
        /// The places of all messages held, in the order they arrived.
        var arrivals = Ring<Arrival>()
    }

    fileprivate struct Arrival {
        let scope: ChatScope
        let cursor: HistoryCursor
    }

    private let capacity: Int
    private let state = Locked(State())

    /// Makes an empty history.
    /// - Parameter capacity: The most messages it holds, at least 1.
    public init(capacity: Int = 100_000) {
        precondition(capacity > 0, "A history holds at least one message.")
        self.capacity = capacity
    }

    /// Neither durable nor shared.
    public var guarantees: HistoryGuarantees { HistoryGuarantees(isDurable: false, isShared: false) }

    /// Stores `event`; never suspends and never fails.
    public func append(_ event: ChatEvent, at position: LogPosition?) async throws(ChatError) -> AppendOutcome {
        self.state.withLock { state in
            let message = HistoryMessage(event: event, position: position)
            guard state.scopes[event.scope, default: ScopeHistory()].insert(message) else { return .alreadyStored }
            state.arrivals.append(Arrival(scope: event.scope, cursor: HistoryCursor(behind: event)))
            if state.arrivals.count > self.capacity { state.dropFirstArrival() }
            return .stored
        }
    }

    /// Returns one page; never suspends.
    /// - Throws: ``ChatError`` with code ``ChatError/Code/validation`` for a limit outside
    ///   ``HistoryQuery/allowedLimits``.
    public func messages(_ query: HistoryQuery) async throws(ChatError) -> HistoryPage {
        guard HistoryQuery.allowedLimits.contains(query.limit) else {
            let (least, most) = (HistoryQuery.allowedLimits.lowerBound, HistoryQuery.allowedLimits.upperBound)
            throw ChatError(.validation, "limit must be \(least) to \(most).")
        }
        return self.state.withLock { state in
            state.scopes[query.scope]?.page(query) ?? HistoryPage(messages: [], nextCursor: nil)
        }
    }
}

extension InMemoryHistoryRepository.State {
    fileprivate mutating func dropFirstArrival() {
        let oldest = self.arrivals.removeFirst()
        self.scopes[oldest.scope]?.remove(oldest.cursor)
        if self.scopes[oldest.scope]?.isEmpty == true { self.scopes[oldest.scope] = nil }
    }
}
