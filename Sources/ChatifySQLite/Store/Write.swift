internal import ChatifyCore

/// What the writer thread is asked to do; each is answered when it is committed.
enum Write: Sendable {
    /// Append to the log, and keep the message.
    case produce(ChatEvent, RecordHeaders)
    /// Keep a message that was read from some log.
    case append(ChatEvent, LogPosition?)
    /// Note that somebody joined a consumer group; a new one begins at these offsets.
    case join(group: String, offsets: [Int64])
    /// Raise a group's committed offsets to these, one per partition.
    case commit(group: String, offsets: [Int64])
    /// Forget a group, unless it has members.
    case removeGroup(String)
    /// Find out whether writing works, if it did not the last time.
    case probe
}

/// What became of a ``Write``.
enum WriteAnswer: Sendable {
    case position(LogPosition)
    case outcome(AppendOutcome)
    case isRemoved(Bool)
    case done
}

extension Write {
    /// The failure that the caller of this write sees.
    func failure(_ error: SQLiteError) -> ChatError {
        switch self {
        case .produce: ChatError(.eventProductionFailed, "The message was not stored: \(error.reason).", cause: error)
        case .append where error.kind == .row:
            ChatError(.validation, "The event cannot be stored: \(error.reason).", cause: error)
        case .append: ChatError(.unavailable, "The event was not stored: \(error.reason).", cause: error)
        case .join, .commit, .removeGroup:
            ChatError(.unavailable, "The group's offsets were not stored: \(error.reason).", cause: error)
        case .probe: ChatError(.unavailable, "Messages cannot be stored: \(error.reason).", cause: error)
        }
    }
}
