internal import ChatifyHub
internal import ChatifyWire

/// Joins a WebSocket to a hub connection: payloads in, framed records out.
final class HubWebSocket: WebSocketHandler, HubTransport {
    private let socket: WebSocketConnection
    private var connection: HubConnection?

    init(socket: WebSocketConnection, shard: HubShard, admission: HubAdmission) {
        self.socket = socket
        let framing: HubFraming = socket.isCompressed ? .deflatedWebSocket : .webSocket
        self.connection = shard.connect(self, as: admission, framing: framing)
    }

    func received(_ bytes: [UInt8], kind: WebSocketAction.DataKind, endsMessage: Bool) {
        // Records may be split and joined anywhere, and ASP.NET ignores the opcode (signalr.md §4).
        bytes.withUnsafeBytes { self.connection?.receive($0) }
    }

    func drained() { self.connection?.transportDrained() }

    func closed() {
        let connection = self.connection
        self.connection = nil
        connection?.transportClosed()
    }

    // MARK: - HubTransport

    func write(_ bytes: [UInt8]) -> Bool { self.socket.write(bytes) }

    var queuedBytes: Int { self.socket.outboundBytes }

    func notifyWhenDrained() { self.socket.notifyWhenDrained() }

    func pauseReading() { self.socket.pauseReading() }

    func resumeReading() { self.socket.resumeReading() }

    func abort() {
        self.connection = nil
        self.socket.abort()
    }

    func close(sending bytes: [UInt8]?) {
        self.connection = nil
        self.socket.close(sending: bytes, code: WebSocketCloseCode.normal)
    }
}

extension HubFraming {
    /// Each record as one unmasked frame, text or binary as its protocol is (RFC 6455 §5.2).
    static let webSocket = HubFraming(
        name: "websocket",
        text: { WebSocketFrameEncoder.text($0) },
        binary: { WebSocketFrameEncoder.binary($0) }
    )

    /// Each record as one frame, compressed for itself (RFC 7692), so that a broadcast is compressed once.
    static let deflatedWebSocket = HubFraming(
        name: "websocket-deflated",
        text: { WebSocketFrameEncoder.deflatedText($0) },
        binary: { WebSocketFrameEncoder.deflatedBinary($0) }
    )
}
