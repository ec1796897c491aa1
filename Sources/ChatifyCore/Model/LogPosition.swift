/// Where a record stands in the log.
public struct LogPosition: Sendable, Hashable, CustomStringConvertible {
    /// The partition, from 0.
    public var partition: Int32
    /// The place within the partition, from 0; it only grows.
    public var offset: Int64

    /// Makes the position of that offset in that partition.
    public init(partition: Int32, offset: Int64) {
        self.partition = partition
        self.offset = offset
    }

    /// `partition/offset`, for logs.
    public var description: String { "\(self.partition)/\(self.offset)" }
}

/// An event together with the place the log gave it: the answer to a send, and what subscribers receive.
public struct EnrichedChatEvent: Sendable, Hashable {
    /// The event.
    public var event: ChatEvent
    /// Where it stands in the log.
    public var position: LogPosition

    /// Joins an event and its position.
    public init(event: ChatEvent, position: LogPosition) {
        self.event = event
        self.position = position
    }
}
