/// Keeps the messages of every scope, in order.
public protocol ChatHistoryRepository: Sendable {
    /// What this store gives beyond the contract.
    var guarantees: HistoryGuarantees { get }

    /// Stores `event`, read from the log at `position` (`nil` when that is not known).
    ///
    /// - Idempotence: an event whose scope, time stamp and message id are stored already changes nothing and answers
    ///   ``AppendOutcome/alreadyStored``, whatever its other fields.
    /// - Ordering: none needed; calls may overlap and come in any order.
    /// - Cancellation: the call may end early with ``ChatError/Code/cancelled``; the outcome is unknown then.
    /// - Throws: ``ChatError``. When ``ChatError/isTransient`` the outcome is unknown and the call is to be repeated;
    ///   otherwise the event can never be stored.
    func append(_ event: ChatEvent, at position: LogPosition?) async throws(ChatError) -> AppendOutcome

    /// Returns messages of one scope, as ``HistoryQuery`` asks.
    ///
    /// - Ordering: by (time stamp, message id), the id compared as unsigned bytes; ascending for
    ///   ``HistoryOrder/oldestFirst``, descending for ``HistoryOrder/newestFirst``.
    /// - Paging: pages in one order, each ``HistoryQuery/after`` the cursor of the one before, join to the whole without
    ///   gap or repeat, but for messages that are stored meanwhile; the last page has no cursor.
    /// - Consistency: a message whose ``append(_:at:)`` returned before this call began is found.
    /// - Throws: ``ChatError`` with code ``ChatError/Code/unavailable`` if the store is out of reach.
    func messages(_ query: HistoryQuery) async throws(ChatError) -> HistoryPage
}

/// What a history may or may not give.
public struct HistoryGuarantees: Sendable, Hashable {
    /// Whether a stored event survives the death of the process and the machine's loss of power.
    public var isDurable: Bool
    /// Whether all pods read and write the same store.
    ///
    /// If not, each pod writes a whole history of its own (contracts §5).
    public var isShared: Bool

    /// Makes a declaration of guarantees.
    public init(isDurable: Bool, isShared: Bool) {
        self.isDurable = isDurable
        self.isShared = isShared
    }
}

/// What became of an append.
public enum AppendOutcome: Sendable, Hashable {
    /// The event was not there before and is now.
    case stored
    /// The event was there before; nothing changed.
    case alreadyStored
}
