internal import ChatifyCore

/// The socket's end of a relay: hands bytes to the shard on which the connection lives, and back.
///
/// Confined to the shard of the loop that has the socket, which may be the same.
final class RelayedSocket: HubReceiver {
    private let executor: any HubExecutor
    private let relay = SocketRelay()
    private var transport: (any HubTransport)?
    private var home: Confined<RelayedTransport>?
    private var isReadingPaused = false

    /// Makes the end of a relay that is yet to be attached.
    init(_ transport: any HubTransport, executor: any HubExecutor) {
        self.transport = transport
        self.executor = executor
    }

    /// Asks the connection of that id to go on over this socket.
    func attach(
        to connectionID: ConnectionID,
        _ reattachment: HubAdmission.Reattachment,
        framing: HubFraming,
        maximumQueuedBytes: Int
    ) {
        let transport = RelayedTransport(
            to: connectionID,
            reattachment,
            framing: framing,
            relay: self.relay,
            socket: Confined(self, to: self.executor),
            maximumQueuedBytes: maximumQueuedBytes
        )
        self.home = Confined(transport, to: reattachment.home.executor)
        self.tellHome { $0.attach() }
    }

    /// Carries out what the home has asked for.
    func take() {
        guard let transport = self.transport else { return }
        let (bytes, end) = self.relay.state.withLock { state in
            let taken = state.toSocket.take()
            state.bytesAtSocket += taken.bytes.count
            return taken
        }
        guard bytes.isEmpty || transport.write(bytes) else {
            self.end(as: .lost)
            return transport.abort()
        }
        guard let end else { return self.noteQueue(of: transport) }
        self.release()
        switch end {
        case .close(let last): transport.close(sending: last)
        case .abort: transport.abort()
        }
    }

    /// Reads on, now that the home has caught up.
    func goOn() {
        guard self.isReadingPaused else { return }
        self.isReadingPaused = false
        self.transport?.resumeReading()
    }

    private func noteQueue(of transport: any HubTransport) {
        let queued = transport.queuedBytes
        let isDrained = self.relay.state.withLock { state in
            state.bytesAtSocket = queued
            guard queued == 0, state.isDrainAwaited else { return false }
            state.isDrainAwaited = false
            return true
        }
        if queued > 0 { transport.notifyWhenDrained() }
        if isDrained { self.tellHome { $0.drained() } }
    }

    private func end(as loss: SocketRelay.Loss) {
        guard self.transport != nil else { return }
        if self.relay.state.withLock({ $0.toHome.finish(loss) }) { self.tellHome { $0.take() } }
        self.release()
    }

    private func release() {
        self.transport = nil
        self.home = nil
    }

    private func tellHome(_ body: @escaping @Sendable (RelayedTransport) -> Void) {
        guard let home = self.home else { return }
        Task(executorPreference: home.executor) { body(home.value) }
    }
}

extension RelayedSocket {
    func receive(_ bytes: UnsafeRawBufferPointer) {
        let (isNews, count) = self.relay.state.withLock { ($0.toHome.put(bytes), $0.toHome.count) }
        if isNews { self.tellHome { $0.take() } }
        guard count >= SocketRelay.maximumBytesToHome, !self.isReadingPaused else { return }
        self.isReadingPaused = true
        self.transport?.pauseReading()
    }

    func transportDrained() {
        if let transport = self.transport { self.noteQueue(of: transport) }
    }

    func transportClosed() { self.end(as: .closed) }

    func transportLost() { self.end(as: .lost) }
}
