/// Finds events of the log again by their place in it, for clients that resume behind what a pod has in memory.
///
/// A log that keeps its records gives this beside its port, and so may a history that knows how far it is whole. Without one,
/// a client that was away for longer than the pod's memory goes back is told so.
public protocol ReplaySource: Sendable {
    /// Returns every event of `scopes` that the log has at these offsets of a partition, or `nil`.
    ///
    /// - Completeness: all or nothing. `nil` says that the source cannot vouch for having all of them, for whatever reason, that there
    ///   are more than `limit`, or that it would have to look through more of the log than it allows.
    /// - Ordering: by ascending offset.
    /// - Parameters:
    ///   - scopes: The scopes, all of one id and therefore of one partition.
    ///   - partition: The partition; one that does not exist is answered with `nil`.
    ///   - offsets: The offsets; below the end of what a consumer of the log was given already. A stretch that begins before the oldest
    ///     record held, or ends behind the newest, is answered with `nil`.
    ///   - limit: The most events to return, at least 0.
    /// - Throws: ``ChatError`` with code ``ChatError/Code/unavailable`` if the source is out of reach.
    func events(
        in scopes: [ChatScope],
        partition: Int32,
        offsets: Range<Int64>,
        limit: Int
    ) async throws(ChatError) -> [EnrichedChatEvent]?
}
