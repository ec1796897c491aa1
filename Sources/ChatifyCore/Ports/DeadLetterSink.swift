/// Keeps the records that can never be stored, for people to look at.
public protocol DeadLetterSink: Sendable {
    /// Keeps one dead letter, durably if the sink is durable at all; the record is committed only after this returns.
    ///
    /// - Idempotence: none; the same letter may come twice after a crash, and is then known by its source.
    /// - Throws: ``ChatError``, always to be repeated: a letter is never dropped.
    func send(_ letter: DeadLetter) async throws(ChatError)
}

/// A record that can never be stored.
public struct DeadLetter: Sendable, Hashable {
    /// The record's value, as it was read.
    public var value: [UInt8]
    /// Why it cannot be stored, in one sentence.
    public var reason: String
    /// Where it stood in the log.
    public var source: LogPosition
    /// What travelled beside it.
    public var headers: RecordHeaders
    /// What the record was written under, if the log says so.
    public var key: [UInt8]?

    /// Makes a dead letter of its parts.
    public init(value: [UInt8], reason: String, source: LogPosition, headers: RecordHeaders, key: [UInt8]? = nil) {
        self.value = value
        self.reason = reason
        self.source = source
        self.headers = headers
        self.key = key
    }
}
