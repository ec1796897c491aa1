internal import ChatifyCore
package import ChatifyEventLoop
package import Logging

/// Serves HTTP and WebSockets on a number of event loops that share one port.
///
/// Owns the loops from ``start()`` to the end of ``shutdown()``.
package final class HTTPServer: Sendable {
    private let configuration: HTTPServerConfiguration
    private let makeHandler: @Sendable (EventLoop) -> any HTTPHandler
    private let logger: Logger
    private let admission: ConnectionAdmission
    private let loopMetrics: [LoopMetrics]
    private let workers = Locked<[EventLoopBound<ServerWorker>]>([])

    /// Makes a server; `makeHandler` is called once on each loop.
    package init(
        configuration: HTTPServerConfiguration,
        logger: Logger,
        makeHandler: @escaping @Sendable (EventLoop) -> any HTTPHandler
    ) {
        self.configuration = configuration
        self.makeHandler = makeHandler
        self.logger = logger
        self.admission = ConnectionAdmission(maximum: configuration.maxConnections)
        // Here, as the metrics factory in force may be that of the calling task.
        self.loopMetrics = (0..<Self.loopCount(configuration)).map { LoopMetrics(loop: Self.loopName($0)) }
    }

    /// Starts the loops and listens; call it once.
    ///
    /// - Parameter onStopSignal: Called on SIGTERM and SIGINT, which end the process at once if this is `nil`.
    /// - Returns: The port.
    /// - Throws: ``EventLoopError``, above all when the port is taken; nothing is left running then.
    package func start(onStopSignal: (@Sendable () -> Void)? = nil) async throws(EventLoopError) -> Int {
        // Several loops share the port by SO_REUSEPORT, which would also share it with another server: look first.
        // A port that the kernel chooses is nobody else's.
        var port = self.configuration.port
        if self.loopMetrics.count > 1, port != 0 { try TCPListener.probe(host: self.configuration.host, port: port) }
        for index in self.loopMetrics.indices {
            let loop = try EventLoop(name: Self.loopName(index))
            do {
                port = try await self.startWorker(
                    index,
                    on: loop,
                    port: port,
                    onStopSignal: index == 0 ? onStopSignal : nil
                )
            } catch {
                await loop.shutdown()
                await self.shutdown()
                throw error
            }
        }
        return port
    }

    /// The loop that serves the first share of connections; `nil` before the start and after the end.
    package var firstLoop: EventLoop? { self.workers.withLock { $0.first?.loop } }

    private static func loopCount(_ configuration: HTTPServerConfiguration) -> Int {
        configuration.loops > 0 ? configuration.loops : Processors.count
    }

    private static func loopName(_ index: Int) -> String { "chatify-\(index)" }

    private func startWorker(
        _ index: Int,
        on loop: EventLoop,
        port: Int,
        onStopSignal: (@Sendable () -> Void)?
    ) async throws(EventLoopError) -> Int {
        try await loop.run { () throws(EventLoopError) -> Int in
            let worker = ServerWorker(
                loop: loop,
                configuration: self.configuration,
                handler: self.makeHandler(loop),
                admission: self.admission,
                metrics: self.loopMetrics[index],
                logger: self.logger
            )
            let port = try worker.listen(port: port, isShared: self.loopMetrics.count > 1)
            do throws(EventLoopError) {
                if let onStopSignal { try worker.catchStopSignals(onStopSignal) }
            } catch {
                worker.stopListening()
                worker.abortAll()
                throw error
            }
            let bound = EventLoopBound(worker, loop: loop)
            self.workers.withLock { $0.append(bound) }
            return port
        }
    }

    /// Runs `body` with each worker, on its loop, and adds up what it returns.
    private func onEachWorker(_ body: @escaping @Sendable (ServerWorker) -> Int) async -> Int {
        let workers = self.workers.withLock { $0 }
        return await withTaskGroup(of: Int.self) { group in
            for worker in workers {
                group.addTask(executorPreference: worker.loop) { body(worker.value) }
            }
            return await group.reduce(0, +)
        }
    }
}

// MARK: - Stopping

extension HTTPServer {
    /// Closes the listeners, asks long-lived connections in paced batches to go elsewhere, waits for what is under way,
    /// and cuts off the rest when `grace` is over.
    package func drain(within grace: Duration) async {
        _ = await self.onEachWorker { worker in
            worker.stopListening()
            return 0
        }
        await self.tellEverybody(within: grace)
        _ = await self.onEachWorker { worker in
            worker.abortAll()
            return 0
        }
    }

    /// Ends the loops, and with them whatever connection is left.
    package func shutdown() async {
        let workers = self.workers.withLock { workers in
            defer { workers.removeAll() }
            return workers
        }
        for worker in workers { await worker.loop.shutdown() }
    }

    /// The pause between two batches of connections that are asked to reconnect.
    private static let drainInterval: Duration = .milliseconds(50)

    private func tellEverybody(within grace: Duration) async {
        let deadline = ContinuousClock.now + grace
        // A quarter of the time is for telling everybody, the rest for them to go.
        let batches = max(1, Int(grace / (Self.drainInterval * 4)))
        let total = await self.onEachWorker { $0.connectionCount }
        let batch = max(16, total / batches)
        while ContinuousClock.now < deadline {
            _ = await self.onEachWorker { $0.handler.drain(atMost: batch) }
            guard await self.onEachWorker({ $0.connectionCount }) > 0 else { return }
            await Self.pause()
        }
    }

    /// Sleeps whether or not the task that stops the server was cancelled, which is one way to stop it.
    private static func pause() async {
        await Task.detached { try? await Task.sleep(for: Self.drainInterval) }.value
    }
}
