internal import ChatifyCore

/// What a reader thread is asked for.
enum Read: Sendable {
    case page(HistoryQuery)
    case records([LogRead])
    case replay(ReplayRead)
    /// Scopes behind `after`, by type and then by the bytes of the name.
    case scopes(after: ChatScope?, limit: Int)
    case scopeCount
    /// Find out whether the file can be read, and is ours and of this version.
    case check
}

/// What was read.
enum ReadAnswer: Sendable {
    case page(HistoryPage)
    case records([ChatRecord])
    /// `nil` if not all of them can be vouched for.
    case replay([EnrichedChatEvent]?)
    case scopes([ChatScope])
    case count(Int)
    case done
}
