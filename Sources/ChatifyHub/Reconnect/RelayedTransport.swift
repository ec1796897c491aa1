internal import ChatifyCore

/// The home's end of a relay: a transport whose socket belongs to a loop that may be another.
///
/// Confined to the connection's shard.
final class RelayedTransport: HubTransport {
    private let connectionID: ConnectionID
    private let reattachment: HubAdmission.Reattachment
    private let framing: HubFraming
    private let relay: SocketRelay
    private let socket: Confined<RelayedSocket>
    private let maximumQueuedBytes: Int
    private var connection: HubConnection?
    private var isPaused = false

    /// Makes the end of a relay that takes its place when it comes home.
    init(
        to connectionID: ConnectionID,
        _ reattachment: HubAdmission.Reattachment,
        framing: HubFraming,
        relay: SocketRelay,
        socket: Confined<RelayedSocket>,
        maximumQueuedBytes: Int
    ) {
        self.connectionID = connectionID
        self.reattachment = reattachment
        self.framing = framing
        self.relay = relay
        self.socket = socket
        self.maximumQueuedBytes = maximumQueuedBytes
    }

    /// Takes the place of the connection's transport, or closes if the connection has ended meanwhile.
    func attach() {
        let connection = self.reattachment.home.value.connections[self.connectionID]
        guard let connection,
            connection.reattach(self, number: self.reattachment.number, framing: self.framing)
        else { return self.close(sending: nil) }
        self.connection = connection
        self.take()
    }

    /// Hands over what came in.
    func take() {
        guard !self.isPaused, let connection = self.connection else { return }
        let (bytes, end) = self.relay.state.withLock { $0.toHome.take() }
        if !bytes.isEmpty { bytes.withUnsafeBytes { connection.receive($0) } }
        if bytes.count >= SocketRelay.maximumBytesToHome { self.tellSocket { $0.goOn() } }
        guard let end else { return }
        self.connection = nil
        switch end {
        case .closed: connection.transportClosed()
        case .lost: connection.transportLost()
        }
    }

    /// Learns that the socket has sent all there was.
    func drained() { self.connection?.transportDrained() }

    private func tellSocket(_ body: @escaping @Sendable (RelayedSocket) -> Void) {
        let socket = self.socket
        Task(executorPreference: socket.executor) { body(socket.value) }
    }

    private func part(_ parting: SocketRelay.Parting, droppingBytes: Bool) {
        self.connection = nil
        let isNews = self.relay.state.withLock { $0.toSocket.finish(parting, droppingBytes: droppingBytes) }
        if isNews { self.tellSocket { $0.take() } }
    }
}

extension RelayedTransport {
    func write(_ bytes: [UInt8]) -> Bool {
        let limit = self.maximumQueuedBytes
        let isNews: Bool? = self.relay.state.withLock { state in
            guard bytes.count <= limit - state.toSocket.count - state.bytesAtSocket else { return nil }
            return state.toSocket.put(bytes)
        }
        guard let isNews else { return false }
        if isNews { self.tellSocket { $0.take() } }
        return true
    }

    var queuedBytes: Int { self.relay.state.withLock { $0.toSocket.count + $0.bytesAtSocket } }

    func notifyWhenDrained() { self.relay.state.withLock { $0.isDrainAwaited = true } }

    func pauseReading() { self.isPaused = true }

    func resumeReading() {
        self.isPaused = false
        self.take()
    }

    func close(sending bytes: [UInt8]?) { self.part(.close(bytes), droppingBytes: false) }

    func abort() { self.part(.abort, droppingBytes: true) }
}
