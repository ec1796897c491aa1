/// Reads the log as one member of a consumer group.
///
/// Each partition of the log is read by exactly one member of a group at a time; joining and leaving members move
/// partitions between them. A member that takes a partition over begins at the group's committed offset, so records
/// that were read but not committed are read again.
///
/// One task at a time may wait in ``nextBatch(limit:)``; ``commit(_:)`` and ``close()`` may be called from any task.
public protocol ChatEventConsumer: Sendable {
    /// Waits until there is at least one record and returns at most `limit` of them.
    ///
    /// - Ordering: within a partition by ascending offset, without gaps but for offsets the log no longer holds.
    ///   Between partitions none.
    /// - Delivery: at least once.
    /// - Cancellation: throws ``ChatError/Code/cancelled`` soon; no record is lost, the next call returns it.
    /// - Throws: ``ChatError`` with code ``ChatError/Code/unavailable`` if the log is out of reach; call again after a
    ///   pause. Code ``ChatError/Code/cancelled`` after ``close()``.
    func nextBatch(limit: Int) async throws(ChatError) -> [ChatRecord]

    /// Declares the records up to and including these positions, one per partition, as done with.
    ///
    /// Positions of partitions that another member has taken over are ignored, and a committed offset never goes
    /// backwards. Returns once the log keeps the offsets.
    /// - Throws: ``ChatError`` with code ``ChatError/Code/unavailable``; the records may come again.
    func commit(_ positions: [LogPosition]) async throws(ChatError)

    /// Per partition the offset of the record that this member is given next, as far as that is known now.
    ///
    /// Empty by default. An offset that is told is exact: the member is given every record of the partition from there on, and none before,
    /// unless the partition moves. Ask while no call of ``nextBatch(limit:)`` is under way.
    var nextOffsets: [Int32: Int64] { get }

    /// The records that the log holds and that are not yet done with, in the partitions this member reads; `nil`, unless an
    /// adapter says otherwise, if that is not known.
    ///
    /// As of a moment ago; for people to look at.
    var backlog: Int64? { get }

    /// Leaves the group; its partitions go to the members that remain. Idempotent.
    func close() async
}

extension ChatEventConsumer {
    /// Nothing is known.
    public var nextOffsets: [Int32: Int64] { [:] }

    /// Not known.
    public var backlog: Int64? { nil }
}
