package import ChatifyWire

/// Handles what comes in on one WebSocket; confined to the connection's loop.
package protocol WebSocketHandler: AnyObject {
    /// Takes a piece of a message's payload; `endsMessage` with the last one.
    func received(_ bytes: [UInt8], kind: WebSocketAction.DataKind, endsMessage: Bool)

    /// Learns that the socket is gone. Called exactly once, and last.
    func closed()
}
