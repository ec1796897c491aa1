public import ChatifyCore

extension SQLiteEventLog: ReplaySource {
    /// The most records that are looked through for one client; some ten milliseconds of a reader thread.
    private static let maximumStretch = 65_536

    /// Returns the events while the file holds all records at these offsets and the messages of those asked for.
    ///
    /// `nil` also for more than 65 536 offsets.
    /// - Throws: `ChatError` with code `unavailable` if the file cannot be read.
    public func events(
        in scopes: [ChatScope],
        partition: Int32,
        offsets: Range<Int64>,
        limit: Int
    ) async throws(ChatError) -> [EnrichedChatEvent]? {
        precondition(scopes.count <= 2, "A scope id stands for two scopes at most.")
        guard (0..<self.partitions).contains(partition), offsets.lowerBound >= 0 else { return nil }
        guard offsets.count <= Self.maximumStretch else { return nil }
        // There are not more events than offsets.
        let limit = min(limit, offsets.count)
        let read = ReplayRead(scopes: scopes, partition: partition, offsets: offsets, limit: limit)
        guard case .replay(let events) = try await self.calls.read(.replay(read)) else {
            preconditionFailure("A replay was answered with something else.")
        }
        return events
    }
}
