/// What the owner of a ``WebSocketServerConnection`` has to do next, in this order.
public enum WebSocketAction: Sendable, Equatable {
    /// Whether a message is text or bytes.
    public enum DataKind: Sendable, Equatable {
        /// UTF-8, checked.
        case text
        /// Any bytes.
        case binary
    }

    /// Use a piece of a message: all of it that has come, so that a text piece may end inside a character.
    ///
    /// `bytes` is empty only if `endsMessage`.
    case data(kind: DataKind, bytes: [UInt8], endsMessage: Bool)
    /// Inflate a piece of a compressed message (RFC 7692 section 7.2.2), then use it as ``data(kind:bytes:endsMessage:)``;
    /// whether a text is UTF-8 has not been checked.
    case compressed(kind: DataKind, bytes: [UInt8], endsMessage: Bool)
    /// Write these bytes: the pong to a ping, or a close frame.
    case send([UInt8])
    /// The peer answered a ping, or showed unasked that it lives.
    case pong
    /// Send what was queued before, then close the transport; nothing follows.
    ///
    /// `code` is the peer's (1005 if it gave none), or why its frames were refused (1002, 1007, 1009). `reason` is the
    /// peer's own text in the first case.
    case close(code: UInt16, reason: String)
}
