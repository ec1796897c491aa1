internal import ChatifyCore

/// What is looked for in the log.
struct ReplayRequest: Sendable, Hashable {
    let scopes: [ChatScope]
    let partition: Int32
    /// At least one.
    let offsets: Range<Int64>
    /// The most events.
    let limit: Int
}
