internal import ChatifyCore
internal import ChatifyEventLoop
internal import ChatifyHub
internal import ChatifySignalR
internal import ChatifyWire
public import Logging

/// A chat server: the routes of contracts §3 and the hub, over whatever adapters it is given.
///
/// One verb, ``run(stoppingOnSignals:onListening:)``, which ends after ``beginGracefulShutdown()``.
public final class ChatServer: Sendable {
    private let configuration: ServerConfiguration
    private let adapters: ChatAdapters
    private let services: ChatServices
    private let logger: Logger
    private let httpServer: HTTPServer
    private let historyWriter: HistoryWriter?
    private let stopSignal = StopSignal()

    /// Makes a server over these adapters.
    ///
    /// - Parameters:
    ///   - site: A few files to serve for browsers beside the routes.
    ///   - prometheus: What `GET /metrics` shows; with `nil` it is not found. Give what the metrics system was bootstrapped with,
    ///     before adapters and server were made, for they record in the factory that is in force then.
    public init(
        configuration: ServerConfiguration,
        adapters: ChatAdapters,
        site: StaticSite? = nil,
        logger: Logger,
        prometheus: PrometheusRegistry? = nil
    ) {
        var configuration = configuration.withDerivedBounds()
        self.configuration = configuration
        self.adapters = adapters
        self.logger = logger
        configuration.chat.latestTimestamp = adapters.latestTimestamp
        let chat = ChatService(
            producer: adapters.producer,
            history: adapters.history,
            limiter: adapters.limiter,
            authorizer: adapters.authorizer,
            podIdentity: adapters.podIdentity,
            configuration: configuration.chat,
            logger: logger
        )
        let hub = ChatHub(
            chat: chat,
            presence: adapters.presence,
            authenticator: adapters.authenticator,
            podIdentity: adapters.podIdentity,
            replaySource: adapters.replaySource,
            configuration: configuration.hub,
            logger: logger
        )
        let health = Health(checks: adapters.healthChecks)
        let services = ChatServices(
            chat: chat,
            hub: hub,
            authenticator: adapters.authenticator,
            origins: OriginPolicy(allowedOrigins: configuration.allowedOrigins),
            health: health,
            metrics: prometheus.map { MetricsPage($0, adapters, health) },
            site: site,
            logger: logger
        )
        self.services = services
        self.httpServer = HTTPServer(configuration: configuration.server, logger: logger) { loop in
            ChatRoutes(services: services, shard: services.hub.makeShard(on: loop))
        }
        self.historyWriter = adapters.historyConsumer.map { consumer in
            HistoryWriter(
                consumer: consumer,
                repository: adapters.history,
                deadLetters: adapters.deadLetters,
                configuration: configuration.historyWriter,
                logger: logger
            )
        }
    }

    /// Asks the server to stop.
    ///
    /// Readiness turns 503, clients are told to reconnect, what they sent is answered, then
    /// ``run(stoppingOnSignals:onListening:)`` returns. May be called from any task or thread, and more than once.
    public func beginGracefulShutdown() { self.stopSignal.send() }

    /// Serves until asked to stop, or until the task is cancelled; may be called once.
    ///
    /// However it ends, the adapters' consumers are closed then, and ``ChatAdapters/onStop`` has been called.
    ///
    /// - Parameters:
    ///   - stoppingOnSignals: Whether SIGTERM and SIGINT ask the server to stop.
    ///   - onListening: Called once with the port, when the server takes connections.
    /// - Throws: ``ServerStartError`` if it cannot listen.
    public func run(
        stoppingOnSignals: Bool = false,
        onListening: @Sendable (Int) -> Void
    ) async throws(ServerStartError) {
        do throws(ServerStartError) {
            try await self.serve(stoppingOnSignals: stoppingOnSignals, onListening: onListening)
        } catch {
            await self.closeAdapters()
            throw error
        }
        await self.closeAdapters()
    }

    private func serve(
        stoppingOnSignals: Bool,
        onListening: @Sendable (Int) -> Void
    ) async throws(ServerStartError) {
        let server = self.httpServer
        let port = try await self.start(server, stoppingOnSignals: stoppingOnSignals)
        await withDiscardingTaskGroup { background in
            for run in self.adapters.background { background.addTask { await run() } }
            background.addTask {
                let hub = self.services.hub
                let sweeper = PresenceSweeper(presence: self.adapters.presence, logger: self.logger) {
                    await hub.presenceChanged($0)
                }
                await sweeper.run()
            }
            await self.serve(server) { onListening(port) }
            // Who has left is told before the connection to those who are told goes.
            await self.services.hub.presenceIsReported()
            background.cancelAll()
        }
        await server.shutdown()
        self.services.hub.removeShards()
    }

    /// Serves until asked to stop, and until what was accepted by then is answered.
    private func serve(_ server: HTTPServer, onListening: () -> Void) async {
        await withDiscardingTaskGroup { group in
            // On a loop, because what that loop's clients send in one tick is then read from the log as one batch, and
            // reaches them without a change of threads.
            group.addTask(executorPreference: server.firstLoop) { await self.broadcast() }
            if let writer = self.historyWriter { group.addTask { await writer.run() } }
            self.services.health.setServing(true)
            onListening()
            await self.stopSignal.wait()
            self.logger.info("Stopping")
            self.services.health.setServing(false)
            await server.drain(within: self.configuration.server.shutdownGrace)
            group.cancelAll()
        }
    }

    private func closeAdapters() async {
        // Each may have to wait for a log that does not answer.
        async let live: Void = self.adapters.broadcastConsumer.close()
        async let history: Void? = self.adapters.historyConsumer?.close()
        _ = await (live, history)
        await self.adapters.onStop()
    }

    private func start(_ server: HTTPServer, stoppingOnSignals: Bool) async throws(ServerStartError) -> Int {
        do throws(EventLoopError) {
            return try await server.start(onStopSignal: stoppingOnSignals ? self.beginGracefulShutdown : nil)
        } catch {
            self.services.hub.removeShards()
            throw ServerStartError(error, configuration: self.configuration.server)
        }
    }

    private func broadcast() async {
        let service = BroadcastService(
            consumer: self.adapters.broadcastConsumer,
            subscriber: self.services.hub,
            logger: self.logger
        )
        await service.run()
    }
}
