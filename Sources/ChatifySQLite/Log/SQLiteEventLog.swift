public import ChatifyCore

/// The log in an SQLite file: durable, written by one process.
///
/// Ordering: offsets of a partition rise by one per record, also over restarts. A record and its message are committed
/// together, so what a send has acknowledged is in the history of the same store too.
public struct SQLiteEventLog: Sendable {
    let calls: StoreCalls

    /// The number of partitions.
    public var partitions: Int32 { self.calls.log.partitions }

    /// The latest time stamp in the log when it was opened; `nil` for an empty one.
    ///
    /// Give it to `ChatServiceConfiguration.latestTimestamp`, so that time does not run backwards over a restart.
    public var latestTimestamp: Timestamp? { self.calls.log.latestTimestamp }

    /// Makes a consumer and joins it to `group`.
    ///
    /// It is a member until it is closed or nobody holds it any more. The group's offsets outlive the process.
    /// - Parameters:
    ///   - group: The group's name; any text.
    ///   - start: Where the group begins, if the file does not know it.
    ///   - commits: Who commits. An automatic consumer commits what it was given when it is asked for more; the file gets that along
    ///     with the next write, within a second or so, so after a kill the last batches may come again.
    /// - Throws: `ChatError` with code `unavailable` if the file cannot be written.
    public func makeConsumer(
        group: String,
        startingAt start: LogStart,
        commits: CommitMode
    ) async throws(ChatError) -> any ChatEventConsumer {
        let (member, offsets) = self.calls.log.join(group, startingAt: start, now: self.calls.clock.now())
        let consumer = SQLiteEventConsumer(calls: self.calls, group: group, member: member, commits: commits)
        _ = try await self.calls.write(.join(group: group, offsets: offsets))
        return consumer
    }

    /// Forgets a group and its committed offsets, so that it no longer keeps records from being trimmed.
    ///
    /// - Returns: `false`, and nothing changes, if the group has members.
    @discardableResult
    public func removeGroup(_ group: String) async throws(ChatError) -> Bool {
        guard case .isRemoved(let isRemoved) = try await self.calls.write(.removeGroup(group)) else {
            preconditionFailure("A removal was answered with something else.")
        }
        return isRemoved
    }

    /// The offset behind the last committed record of each partition, or `nil` if nobody ever joined `group`.
    public func committedOffsets(of group: String) -> [Int64]? { self.calls.log.committedOffsets(of: group) }
}

extension SQLiteEventLog: ChatEventProducer {
    /// Durable unless the store was told otherwise (``SQLiteConfiguration/synchronous``), not shared.
    public var guarantees: LogGuarantees { LogGuarantees(isDurable: self.calls.isDurable, isShared: false) }

    /// The partition of that scope id.
    public func partition(of scopeID: ScopeID) -> Int32? { CRC32.partition(of: scopeID, among: self.partitions) }

    /// Appends `event`; returns when it is committed, together with whatever else waited at that moment.
    ///
    /// Does not end early when the task is cancelled; the store's time-out bounds it. An event with a scope, time stamp and
    /// id that the store has already gets a record of its own, which shows the message that was stored first.
    /// - Throws: `ChatError` with code `eventProductionFailed`, and the reason in words.
    public func produce(_ event: ChatEvent, headers: RecordHeaders) async throws(ChatError) -> LogPosition {
        do {
            guard case .position(let position) = try await self.calls.write(.produce(event, headers)) else {
                preconditionFailure("A produce was answered with something else.")
            }
            return position
        } catch {
            throw ChatError(.eventProductionFailed, error.message, cause: error.cause)
        }
    }
}
