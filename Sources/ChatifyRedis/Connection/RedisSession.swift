internal import ChatifyCore
internal import ChatifyEventLoop
internal import Logging

/// Uses a ``RedisSession``, on its loop.
protocol RedisSessionHandler: AnyObject {
    /// Commands may be sent from now on.
    func opened()

    /// Commands were answered, or something came for a subscription.
    func received(_ replies: [RedisConnection.Reply])

    /// What is under way gets no answer, and nothing may be sent until ``opened()``.
    func lost(_ error: RedisError)
}

/// Keeps one connection to Redis alive: connects, logs in, notices the end, pauses, connects again.
///
/// Confined to its loop. It owns the connection of the day and both timers; ``RedisSessionMachine`` decides.
final class RedisSession {
    let loop: EventLoop
    private let server: RedisConnectionString
    private let configuration: RedisConfiguration
    private let logger: Logger
    private weak var handler: (any RedisSessionHandler)?
    private var machine: RedisSessionMachine
    private var connection: RedisConnection?
    /// The deadline of connecting and greeting, or the end of a pause.
    private var timer: LoopTimer?
    private var greetingsLeft = 0
    /// Tells an outdated name lookup from the present one.
    private var generation = 0

    init(loop: EventLoop, server: RedisConnectionString, configuration: RedisConfiguration, logger: Logger) {
        self.loop = loop
        self.server = server
        self.configuration = configuration
        self.logger = logger
        self.machine = RedisSessionMachine(reconnect: configuration.reconnect)
    }

    /// The connection to send on, or nil while there is none that answers.
    var openConnection: RedisConnection? { self.machine.state == .ready ? self.connection : nil }

    var isClosed: Bool { self.machine.state == .closed }

    func begin(handler: any RedisSessionHandler) {
        self.loop.preconditionCurrent()
        self.handler = handler
        self.perform(self.machine.begin())
    }

    /// Gives the connection up, because it does not answer, or everything, because the loop shuts down.
    func fail(_ error: RedisError) {
        guard error.code != .closed else { return self.perform(self.machine.close(), error) }
        self.perform(self.machine.failed(random: UInt64.random(in: .min ... .max)), error)
    }

    /// Ends for good.
    func close() {
        self.loop.preconditionCurrent()
        self.perform(self.machine.close(), RedisError(.closed, "the client was closed"))
    }

    private func perform(_ action: RedisSessionMachine.Action, _ error: RedisError? = nil) {
        switch action {
        case .none: break
        case .connect(let attempt): self.connect(attempt: attempt)
        case .greet: self.greet()
        case .open(let isRecovery): self.open(isRecovery: isRecovery)
        case .pause(let pause, let isNews):
            let error = error ?? RedisError(.unreachable, "the connection ended")
            self.log(error, pause: pause, isNews: isNews)
            self.dropConnection()
            self.setTimer(pause) { session in session.perform(session.machine.paused()) }
            self.handler?.lost(error)
        case .end:
            self.dropConnection()
            self.timer = nil
            self.handler?.lost(error ?? RedisError(.closed, "the client was closed"))
            self.handler = nil
        }
    }

    private func connect(attempt: Int) {
        self.generation += 1
        let generation = self.generation
        self.setTimer(self.configuration.connectTimeout) { session in
            session.fail(RedisError(.unreachable, "the server did not take the connection in time"))
        }
        self.loop.lookUp(self.server.host) { [weak self] result in
            guard let self, self.generation == generation, self.machine.state == .connecting else { return }
            self.connect(attempt: attempt, addresses: result)
        }
    }

    private func connect(attempt: Int, addresses: Result<[String], EventLoopError>) {
        do {
            let addresses = try addresses.get()
            guard !addresses.isEmpty else { throw RedisError(.unreachable, "the host name has no address") }
            self.connection = try RedisConnection(
                loop: self.loop,
                address: addresses[attempt % addresses.count],
                port: self.server.port,
                handler: self
            )
        } catch {
            self.fail(error as? RedisError ?? RedisError(.unreachable, "\(error)"))
        }
    }

    /// Logs in, chooses the database, and asks for a sign of life, all in one write.
    private func greet() {
        var commands: [RedisCommand] = []
        if let password = self.server.password {
            commands.append(
                self.server.user.map { RedisCommand("AUTH", $0, password) } ?? RedisCommand("AUTH", password)
            )
        }
        if self.server.database != 0 { commands.append(RedisCommand("SELECT", "\(self.server.database)")) }
        commands.append(RedisCommand("PING"))
        self.greetingsLeft = commands.count
        for command in commands { _ = self.connection?.send(command, token: 1) }
    }

    private func greetingReplied(_ reply: RedisReply) {
        do {
            _ = try reply.get()
        } catch {
            return self.fail(error)
        }
        self.greetingsLeft -= 1
        if self.greetingsLeft == 0 { self.perform(self.machine.greeted()) }
    }

    private func open(isRecovery: Bool) {
        self.timer?.cancel()
        if isRecovery {
            self.logger.notice("Redis is in reach again", metadata: self.metadata)
        } else {
            self.logger.debug("Connected to Redis", metadata: self.metadata)
        }
        self.handler?.opened()
    }

    private func log(_ error: RedisError, pause: Duration, isNews: Bool) {
        var metadata = self.metadata
        metadata["error"] = "\(error)"
        metadata["pause"] = "\(pause)"
        if isNews {
            self.logger.warning("Redis is out of reach", metadata: metadata)
        } else {
            self.logger.debug("Redis is still out of reach", metadata: metadata)
        }
    }

    private var metadata: Logger.Metadata { ["server": "\(self.server)"] }

    private func dropConnection() {
        self.generation += 1
        self.connection?.close()
        self.connection = nil
    }

    private func setTimer(_ delay: Duration, _ body: @escaping (RedisSession) -> Void) {
        let timer = self.timer ?? LoopTimer(loop: self.loop)
        self.timer = timer
        timer.schedule(after: delay) { [weak self] in
            if let self { body(self) }
        }
    }
}

extension RedisSession: RedisConnectionHandler {
    func connected(_ connection: RedisConnection) {
        guard connection === self.connection else { return }
        self.perform(self.machine.connected())
    }

    func received(_ connection: RedisConnection, _ replies: [RedisConnection.Reply]) {
        guard connection === self.connection else { return }
        switch self.machine.state {
        case .greeting:
            for reply in replies where self.machine.state == .greeting { self.greetingReplied(reply.value) }
        case .ready: self.handler?.received(replies)
        case .idle, .connecting, .pausing, .closed: break
        }
    }

    func ended(_ connection: RedisConnection, error: RedisError) {
        guard connection === self.connection else { return }
        self.fail(error)
    }
}

@available(*, unavailable, message: "a session is confined to its loop")
extension RedisSession: Sendable {}
