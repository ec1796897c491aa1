/// Why the state machine ended a connection; for logs and counters.
public enum CloseReason: Hashable, Sendable {
    /// The handshake was refused with this text.
    case handshakeRefused(String)
    /// The client sent no handshake in time.
    case handshakeTimeout
    /// A record broke the protocol in this way.
    case protocolFault(HubProtocolError)
    /// A record exceeded the limit.
    case recordTooLong
    /// A client that used to ping fell silent.
    case clientTimeout
    /// The transport was lost and no other came in time.
    case transportLost
    /// The client said that it closes, and perhaps which error made it do so.
    case closedByClient(error: String?)
}
