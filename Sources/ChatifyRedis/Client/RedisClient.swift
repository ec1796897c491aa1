internal import ChatifyCore
public import ChatifyEventLoop
public import Logging
internal import Metrics
internal import ServiceLifecycle

/// A connection to one Redis server, kept alive, for any number of tasks at once.
///
/// Commands of one moment leave in one write and are answered in order. While there is no connection every call fails at once; a
/// connection that ends, or a server that does not answer in time, fails what is under way and is tried again with back-off, for ever.
/// The log has one warning when the server goes out of reach and one notice when it is back.
public final class RedisClient: Sendable {
    private let loop: EventLoop
    private let mailbox: RedisMailbox
    private let admission: RedisAdmission
    private let status: Locked<RedisClientCore.Status>
    private let metrics: RedisMetrics
    /// Sendable in practice: used only in functions that run on ``loop``.
    private nonisolated(unsafe) let core: RedisClientCore

    /// Makes a client that does nothing before ``run()``.
    public init(
        _ server: RedisConnectionString,
        configuration: RedisConfiguration = RedisConfiguration(),
        loop: EventLoop,
        logger: Logger
    ) {
        self.loop = loop
        self.core = RedisClientCore(loop: loop, server: server, configuration: configuration, logger: logger)
        self.mailbox = self.core.mailbox
        self.admission = self.core.admission
        self.status = self.core.status
        self.metrics = self.core.metrics
    }

    deinit {
        self.onLoop { $0.close() }
    }

    /// Whether the server has answered and the connection stands.
    public var isReady: Bool { self.status.withLock { $0.isReady } }

    /// Why the connection was last lost or refused, or nil if it never was.
    public var lastFailure: RedisError? { self.status.withLock { $0.lastFailure } }

    /// What was counted since the start.
    public var statistics: RedisStatistics { self.status.withLock { $0.statistics } }

    /// Keeps the connection until the task is cancelled or its service group shuts down, then closes it for good.
    public func run() async {
        self.begin()
        // Ends only because the task is to end.
        try? await gracefulShutdown()
        await self.close()
    }

    /// Returns true as soon as the server has answered, and false if the client is closed or the task cancelled before.
    public func waitUntilReady() async -> Bool {
        let id = self.mailbox.nextID()
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                self.post(.awaitReady(id, continuation))
                // Cancelled before: there was nothing to cancel then.
                if Task.isCancelled { self.post(.cancelAwaiting(id)) }
            }
        } onCancel: {
            self.post(.cancelAwaiting(id))
        }
    }

    /// The commands that wait for their answers.
    package var commandsInFlight: Int { self.admission.commandsInFlight }

    /// Starts to connect; again does nothing.
    package func begin() { self.onLoop { $0.begin() } }

    /// Drops the connection, fails what is under way, and returns when both are done; again does nothing.
    package func close() async {
        // Safe to carry over: used on the loop alone.
        nonisolated(unsafe) let core = self.core
        await self.loop.run { core.close() }
    }

    /// Sends a command and returns its reply, which is no error.
    package func send(_ command: RedisCommand) async throws(RedisError) -> RedisReply {
        try await self.reply(to: command).get()
    }

    /// Sends commands in one go and returns their replies, in order, error replies included.
    package func send(_ commands: [RedisCommand]) async throws(RedisError) -> [RedisReply] {
        guard let first = commands.first else { return [] }
        let call = RedisCall(first, commands.dropFirst())
        try await self.perform(call)
        return try call.replies()
    }

    /// Sends a command and returns its reply, which may be an error reply.
    @inline(__always)
    func reply(to command: RedisCommand) async throws(RedisError) -> RedisReply {
        let call = RedisCall(command)
        try await self.perform(call)
        return try call.reply()
    }

    /// Returns when the call is over; throws if it was never begun.
    @inline(__always)
    private func perform(_ call: RedisCall) async throws(RedisError) {
        guard !Task.isCancelled else { throw .cancelled }
        guard self.admission.admit(call.commandCount) else {
            self.status.withLock { $0.statistics.overloads += 1 }
            self.metrics.overloads.increment()
            throw .overloaded
        }
        await withTaskCancellationHandler {
            await withUnsafeContinuation { continuation in
                if self.loop.isCurrent {
                    self.core.submitHere(call, continuation)
                } else {
                    self.post(.submit(call, continuation))
                }
            }
        } onCancel: {
            self.post(.cancel(call))
        }
    }

    /// Counts an answer that is not what we expected, and passes it on.
    func noted(_ error: RedisError) -> RedisError {
        if error.isUnexpected {
            self.status.withLock { $0.statistics.unexpectedReplies += 1 }
            self.metrics.unexpectedReplies.increment()
        }
        return error
    }

    private func post(_ message: RedisMailbox.Message) {
        if self.mailbox.post(message) { self.onLoop { $0.drainMailbox() } }
    }

    private func onLoop(_ body: @escaping @Sendable (RedisClientCore) -> Void) {
        // Safe to carry over: used on the loop alone.
        nonisolated(unsafe) let core = self.core
        self.loop.execute { body(core) }
    }
}
