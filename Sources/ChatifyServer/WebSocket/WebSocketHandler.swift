package import ChatifyWire

/// Handles what comes in on one WebSocket; confined to the connection's loop.
package protocol WebSocketHandler: AnyObject {
    /// Takes a piece of a message's payload; `endsMessage` with the last one.
    func received(_ bytes: [UInt8], kind: WebSocketAction.DataKind, endsMessage: Bool)

    /// Learns that there is room again for what is to be written.
    func drained()

    /// Learns that the socket is gone. Called exactly once, and last.
    func closed()
}

extension WebSocketHandler {
    /// Does nothing.
    package func drained() {}
}
