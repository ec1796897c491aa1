internal import ChatifyEventLoop
internal import ChatifyWire
internal import Logging

/// One loop's share of the server: a listener, its connections, and the tick that enforces their deadlines.
///
/// Confined to its loop.
final class ServerWorker {
    let loop: EventLoop
    let configuration: HTTPServerConfiguration
    let handler: any HTTPHandler
    private let admission: ConnectionAdmission
    private let metrics: LoopMetrics
    private let logger: Logger
    private var lastTick = (time: ContinuousClock.now, processorTime: 0.0)
    private var listener: TCPListener?
    private var timer: LoopTimer?
    private var signals: [SignalSource] = []
    private var connections: [ObjectIdentifier: any ServedConnection] = [:]
    /// Connections turned away since the last tick.
    private var refusedConnections = 0

    init(
        loop: EventLoop,
        configuration: HTTPServerConfiguration,
        handler: any HTTPHandler,
        admission: ConnectionAdmission,
        metrics: LoopMetrics,
        logger: Logger
    ) {
        self.loop = loop
        self.configuration = configuration
        self.handler = handler
        self.admission = admission
        self.metrics = metrics
        self.logger = logger
    }

    var connectionCount: Int { self.connections.count }

    /// Begins to listen, on a port that is shared with other loops or not, and returns the port, which is `port` unless
    /// that is 0.
    func listen(port: Int, isShared: Bool) throws(EventLoopError) -> Int {
        let listener = try TCPListener(
            loop: self.loop,
            host: self.configuration.host,
            port: port,
            backlog: self.configuration.backlog,
            sharesPort: isShared,
            onConnection: { [unowned self] in self.accept($0) }
        )
        listener.onAcceptError = { [logger] in
            logger.warning("Connections cannot be accepted", metadata: ["error": "\($0)"])
        }
        self.listener = listener
        let timer = LoopTimer(loop: self.loop)
        let interval = self.configuration.tickInterval
        self.lastTick.time = .now
        timer.schedule(after: interval, repeating: interval) { [unowned self] in self.tick() }
        self.timer = timer
        return listener.port
    }

    /// Calls `onSignal` on SIGTERM and SIGINT, instead of dying of them.
    func catchStopSignals(_ onSignal: @escaping () -> Void) throws(EventLoopError) {
        for number in [SignalSource.Number.terminate, .interrupt] {
            self.signals.append(try SignalSource(loop: self.loop, number: number, onSignal: onSignal))
        }
    }

    private func accept(_ stream: TCPStream) {
        guard self.admission.enter() else {
            self.refusedConnections += 1
            return stream.close()
        }
        let connection = HTTPConnection(worker: self, stream: stream)
        self.connections[ObjectIdentifier(connection)] = connection
        connection.start()
    }

    private func tick() {
        let now = ContinuousClock.now
        self.handler.tick()
        for connection in Array(self.connections.values) { connection.tick(now: now) }
        self.logRefusals()
        self.noteTick(now)
    }

    /// One line for all of a tick, or whoever knocks fills the log.
    private func logRefusals() {
        guard self.refusedConnections > 0 else { return }
        self.logger.warning(
            "Connections refused: too many are open",
            metadata: ["count": "\(self.refusedConnections)"]
        )
        self.refusedConnections = 0
    }

    private func noteTick(_ now: ContinuousClock.Instant) {
        let processorTime = ProcessorTime.ofThread
        self.metrics.noteTick(
            delay: self.lastTick.time.duration(to: now) - self.configuration.tickInterval,
            processorTime: processorTime - self.lastTick.processorTime,
            outboundBytes: self.connections.values.reduce(self.handler.outboundBytes) { $0 + $1.outboundBytes }
        )
        self.lastTick = (now, processorTime)
    }

    func remove(_ connection: any ServedConnection) {
        if self.connections.removeValue(forKey: ObjectIdentifier(connection)) != nil { self.admission.leave() }
    }

    /// Lets `successor` take the place of `connection` on the same stream.
    func replace(_ connection: any ServedConnection, by successor: any ServedConnection) {
        self.connections[ObjectIdentifier(connection)] = nil
        self.connections[ObjectIdentifier(successor)] = successor
    }

    // MARK: - Stopping

    /// Takes no more connections, and lets those go on which nothing is under way.
    func stopListening() {
        self.listener?.close()
        self.listener = nil
        for connection in Array(self.connections.values) { connection.serverStops() }
    }

    /// Closes whatever is left.
    func abortAll() {
        self.timer?.cancel()
        self.timer = nil
        for signal in self.signals { signal.close() }
        for connection in Array(self.connections.values) { connection.abort() }
        self.handler.end()
    }
}
