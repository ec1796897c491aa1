internal import ChatifyEventLoop
internal import ChatifyWire

/// One TCP connection that speaks WebSocket; confined to its worker's loop.
package final class WebSocketConnection: ServedConnection {
    private let worker: ServerWorker
    private let stream: TCPStream
    private var handler: (any WebSocketHandler)?
    private var machine: WebSocketServerConnection
    /// The compressed message that is coming in; nothing is kept between messages.
    private var inflating: InflatingMessage?
    private var closeDeadline: ContinuousClock.Instant?
    private var isClosing = false
    private var isPaused = false
    private var turn = ConnectionTurn()
    /// Set while the other connections of the loop have their turn.
    private var nextTurn: LoopTimer?
    /// Whether the peer ended the WebSocket with a close frame, or had to be closed for its frames; not so if the connection just broke.
    private(set) var isClosedInOrder = false
    /// Whether the client takes compressed messages (RFC 7692).
    package let isCompressed: Bool

    init(worker: ServerWorker, stream: TCPStream, isCompressed: Bool) {
        self.worker = worker
        self.stream = stream
        self.isCompressed = isCompressed
        self.machine = WebSocketServerConnection(
            limits: worker.configuration.webSocket,
            allowsCompression: isCompressed
        )
        self.stream.maxOutboundBytes = worker.configuration.maxOutboundBytesPerConnection
    }

    func start(handler: any WebSocketHandler, with bytes: [UInt8]) {
        self.handler = handler
        self.stream.handler = self
        self.stream.startReading()
        if !bytes.isEmpty { bytes.withUnsafeBytes { self.received($0) } }
    }

    /// Queues a whole frame; `false`, and nothing queued, beyond the bound on outbound bytes.
    package func write(_ frame: [UInt8]) -> Bool {
        self.stream.write(frame)
    }

    /// Asks for one ``WebSocketHandler/drained()`` when all queued bytes are written.
    package func notifyWhenDrained() { self.stream.notifyWhenDrained() }

    /// Stops reading until ``resumeReading()``.
    package func pauseReading() {
        self.isPaused = true
        self.stream.stopReading()
    }

    /// Goes on reading.
    package func resumeReading() {
        self.isPaused = false
        self.readOn()
        self.pump()
    }

    /// Sends a last frame, if any, and begins the closing handshake (RFC 6455 §7); the peer has five seconds for its part.
    package func close(sending frame: [UInt8]?, code: UInt16, reason: String = "") {
        guard !self.isClosing else { return }
        self.stream.maxOutboundBytes = .max
        if let frame { _ = self.stream.write(frame) }
        if let closeFrame = self.machine.close(code: code, reason: reason) { _ = self.stream.write(closeFrame) }
        self.closeDeadline = .now + self.worker.configuration.closeTimeout
        self.isPaused = false
        self.readOn()
        self.releaseHandler()
    }

    /// Carries out what the machine makes of the received bytes, as much of it as is one connection's turn.
    private func pump() {
        while !self.isClosing, !self.isPaused, self.nextTurn == nil {
            guard !self.turn.isOver(at: self.worker.loop.now) else { return self.waitForNextTurn() }
            guard let bytes = self.step() else { return }
            self.turn.noteStep(bytes)
        }
    }

    /// Does what is next, and returns how many bytes came of it that were not received; nil if there is nothing to do.
    private func step() -> Int? {
        if self.inflating?.hasPieces == true { return self.inflate() }
        switch self.machine.next() {
        case nil: return nil
        case .data(let kind, let bytes, let endsMessage):
            self.handler?.received(bytes, kind: kind, endsMessage: endsMessage)
        case .compressed(let kind, let bytes, let endsMessage):
            let limit = self.worker.configuration.webSocket.maxInflatedBytes
            if self.inflating == nil { self.inflating = InflatingMessage(kind: kind, limit: limit) }
            self.inflating?.feed(bytes, endsMessage: endsMessage)
        case .send(let frame): self.reply(frame)
        case .pong: break
        case .close:
            self.isClosedInOrder = true
            self.finish()
        }
        return 0
    }

    /// Hands on the next piece of a compressed message, or its end.
    private func inflate() -> Int {
        do {
            let piece = try self.inflating?.next()
            guard let message = self.inflating, piece != nil || message.isWhole else { return 0 }
            if piece == nil { self.inflating = nil }
            self.handler?.received(piece ?? [], kind: message.kind, endsMessage: piece == nil)
            return piece?.count ?? 0
        } catch {
            self.inflating = nil
            self.isClosedInOrder = true
            self.close(sending: nil, code: error.code, reason: error.reason)
            return 0
        }
    }

    /// Lets the other connections of the loop go first; nothing is read meanwhile.
    private func waitForNextTurn() {
        self.stream.stopReading()
        let timer = LoopTimer(loop: self.worker.loop)
        self.nextTurn = timer
        timer.schedule(after: .milliseconds(1)) { [unowned self] in
            self.nextTurn = nil
            self.readOn()
            self.pump()
        }
    }

    private func readOn() {
        if !self.isClosing, !self.isPaused, self.nextTurn == nil { self.stream.startReading() }
    }

    /// Answers a ping; a peer that pings and does not read ends like any other that does not read.
    private func reply(_ frame: [UInt8]) {
        if !self.stream.write(frame) { self.abort() }
    }

    /// Closes the TCP connection, now that both sides have said their last.
    private func finish() {
        self.isClosing = true
        self.stream.stopReading()
        // The peer's FIN is awaited for a second only: its last frame is here, so nothing of it can be lost.
        self.stream.closeAfterFlush(within: min(.seconds(1), self.worker.configuration.closeTimeout))
        self.releaseHandler()
    }

    private func releaseHandler() {
        guard let handler = self.handler else { return }
        self.handler = nil
        handler.closed()
    }

    // MARK: - ServedConnection

    package var outboundBytes: Int { self.stream.outboundBytes }

    func tick(now: ContinuousClock.Instant) {
        if let closeDeadline = self.closeDeadline, now >= closeDeadline { return self.abort() }
    }

    func serverStops() {}

    /// Drops the connection at once.
    package func abort() {
        self.isClosing = true
        self.stream.close()
    }
}

extension WebSocketConnection: TCPStreamHandler {
    func received(_ bytes: UnsafeRawBufferPointer) {
        guard !self.isClosing else { return }
        self.machine.feed(bytes)
        self.pump()
        self.turn.note(bytes.count)
    }

    func reachedEnd() { self.finish() }

    func drained() { self.handler?.drained() }

    func closed(_ error: EventLoopError?) {
        self.isClosing = true
        self.nextTurn = nil
        self.worker.remove(self)
        self.releaseHandler()
    }
}
