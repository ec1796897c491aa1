/// One record of the log, as a consumer reads it.
public struct ChatRecord: Sendable, Hashable {
    /// Where it stands in the log.
    public var position: LogPosition
    /// The event, or the bytes that are none.
    public var payload: Payload
    /// What travelled beside the event.
    public var headers: RecordHeaders
    /// What it was written under, as it was read; `nil` in logs that keep only the event.
    public var key: [UInt8]?

    /// Makes a record of its parts.
    public init(
        position: LogPosition,
        payload: Payload,
        headers: RecordHeaders = RecordHeaders(),
        key: [UInt8]? = nil
    ) {
        self.position = position
        self.payload = payload
        self.headers = headers
        self.key = key
    }

    /// What a record holds.
    public enum Payload: Sendable, Hashable {
        /// A valid event.
        case event(ChatEvent)
        /// Bytes that are not JSON or break contracts §1, and why; the history writer makes a dead letter of them.
        case undecodable(value: [UInt8], reason: String)
    }
}

/// What travels beside an event in the log (contracts §5).
public struct RecordHeaders: Sendable, Hashable {
    /// The request that caused the event; header `correlation-id`.
    public var correlationID: CorrelationID?
    /// The W3C trace context of the request; header `traceparent`.
    public var traceparent: String?

    /// Makes headers of their parts.
    public init(correlationID: CorrelationID? = nil, traceparent: String? = nil) {
        self.correlationID = correlationID
        self.traceparent = traceparent
    }
}
