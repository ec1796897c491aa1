/// Appends events to the log.
///
/// The log is split into partitions; all events of one scope id go to the same partition, chosen by the CRC-32 of the
/// id's UTF-8 bytes modulo the number of partitions, as librdkafka's default partitioner does (contracts §5).
public protocol ChatEventProducer: Sendable {
    /// What this log gives beyond the contract.
    var guarantees: LogGuarantees { get }

    /// Returns the partition that events of this scope id go to; `nil`, the default, if the producer cannot tell.
    ///
    /// Clients resume only over a log that can.
    func partition(of scopeID: ScopeID) -> Int32?

    /// Appends `event` and returns where it stands, once the log has acknowledged it.
    ///
    /// - Ordering: when one call has returned before another for the same scope began, the first event has the lower
    ///   offset. Calls that overlap may be ordered either way.
    /// - Idempotence: none. Calling again after an error may append the event twice, with the same message id.
    /// - Cancellation: the call may end early with ``ChatError/Code/cancelled``; the event may be in the log then.
    /// - Deadline: the adapter's delivery time-out; no call waits longer. A full queue fails at once.
    /// - Throws: ``ChatError`` with code ``ChatError/Code/eventProductionFailed`` when the log did not acknowledge.
    ///   The event may or may not have been appended.
    func produce(_ event: ChatEvent, headers: RecordHeaders) async throws(ChatError) -> LogPosition
}

extension ChatEventProducer {
    /// The producer cannot tell.
    public func partition(of scopeID: ScopeID) -> Int32? { nil }
}

/// What a log may or may not give.
public struct LogGuarantees: Sendable, Hashable {
    /// Whether an acknowledged event survives the death of the process and the machine's loss of power.
    public var isDurable: Bool
    /// Whether all pods that share the log's address see the same events.
    public var isShared: Bool

    /// Makes a declaration of guarantees.
    public init(isDurable: Bool, isShared: Bool) {
        self.isDurable = isDurable
        self.isShared = isShared
    }
}
