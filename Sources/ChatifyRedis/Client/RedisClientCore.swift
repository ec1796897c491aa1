internal import ChatifyCore
internal import ChatifyEventLoop
internal import Logging
internal import Metrics

/// The part of a ``RedisClient`` that lives on its loop: sends what the mailbox has, hands replies out, watches the deadlines.
///
/// Confined to its loop, except ``mailbox``, ``admission`` and ``status``. Every call that was begun is finished exactly once: by its last reply, by
/// the loss of the connection, or by its cancellation.
final class RedisClientCore {
    struct Status: Sendable {
        var isReady = false
        var lastFailure: RedisError?
        var statistics = RedisStatistics()
    }

    /// Commands after which is written without waiting for the end of the turn, so that the server has something to do meanwhile.
    private static let batchSize = 32

    let mailbox = RedisMailbox()
    let admission: RedisAdmission
    let status = Locked(Status())
    let metrics = RedisMetrics()
    private let loop: EventLoop
    private let session: RedisSession
    private let commandTimeout: Duration
    private var flights = RedisFlights()
    /// Commands sent since the last flush.
    private var unwritten = 0
    private var deadlineTimer: LoopTimer?
    private var whyDown = RedisError(.unreachable, "there is no connection yet")
    private var awaitingReady: [Int: CheckedContinuation<Bool, Never>] = [:]

    init(loop: EventLoop, server: RedisConnectionString, configuration: RedisConfiguration, logger: Logger) {
        self.loop = loop
        self.session = RedisSession(loop: loop, server: server, configuration: configuration, logger: logger)
        self.admission = RedisAdmission(maximum: configuration.maximumCommandsInFlight)
        self.commandTimeout = configuration.commandTimeout
    }

    func begin() { self.session.begin(handler: self) }

    func close() {
        self.session.close()
        self.deadlineTimer = nil
    }

    /// Takes all that was handed over since the last time, and sends it in one write.
    func drainMailbox() {
        for message in self.mailbox.takeAll() {
            switch message {
            case .submit(let call, let continuation): self.submit(call, continuation)
            case .cancel(let call): call.finish(.cancelled)
            case .awaitReady(let id, let continuation): self.awaitReady(id, continuation)
            case .cancelAwaiting(let id): self.awaitingReady.removeValue(forKey: id)?.resume(returning: false)
            }
        }
        self.flush()
    }

    /// Sends a call of a task that runs on the loop already; it leaves with those of the other tasks of this turn.
    func submitHere(_ call: RedisCall, _ continuation: UnsafeContinuation<Void, Never>) {
        let isFirst = self.unwritten == 0
        self.submit(call, continuation)
        guard isFirst, self.unwritten > 0 else { return }
        // Safe to carry over: used on the loop alone.
        nonisolated(unsafe) let core = self
        self.loop.execute { core.flush() }
    }

    private func flush() {
        self.unwritten = 0
        self.session.openConnection?.flush()
    }

    private func submit(_ call: RedisCall, _ continuation: UnsafeContinuation<Void, Never>) {
        guard call.begin(continuation) else { return self.admission.release(call.commandCount) }
        guard let connection = self.session.openConnection else { return self.finish(call, self.whyDown) }
        let token = self.flights.append(.init(call: call, deadline: self.loop.now + self.commandTimeout))
        // What a dying connection does not take is finished with the rest when its end is told.
        _ = connection.send(call.first, token: token)
        for command in call.others { _ = connection.send(command, token: token) }
        self.watchDeadline()
        self.unwritten += call.commandCount
        if self.unwritten >= Self.batchSize { self.flush() }
    }

    /// Ends a call without all of its answers.
    private func finish(_ call: RedisCall, _ error: RedisError) {
        // Before its caller goes on, who may have more.
        self.admission.release(call.commandCount)
        call.finish(error)
    }

    private func watchDeadline() {
        let timer = self.timer()
        guard !timer.isScheduled, let oldest = self.flights.oldest else { return }
        timer.schedule(after: max(.milliseconds(1), oldest.deadline - self.loop.now)) { [weak self] in
            self?.deadlineCame()
        }
    }

    private func timer() -> LoopTimer {
        if let timer = self.deadlineTimer { return timer }
        let timer = LoopTimer(loop: self.loop) { [weak self] in self?.loopShutsDown() }
        self.deadlineTimer = timer
        return timer
    }

    /// Ends the waits too, which a session that only pauses could not.
    private func loopShutsDown() {
        self.session.fail(RedisError(.closed, "the event loop shut down"))
        self.endAwaiting(false)
    }

    private func deadlineCame() {
        guard let oldest = self.flights.oldest else { return }
        if oldest.deadline <= self.loop.now {
            self.session.fail(RedisError(.timedOut, "no answer within \(self.commandTimeout)"))
        } else {
            self.watchDeadline()
        }
    }

    private func awaitReady(_ id: Int, _ continuation: CheckedContinuation<Bool, Never>) {
        if self.session.isClosed || self.loop.isShuttingDown {
            continuation.resume(returning: false)
        } else if self.session.openConnection != nil {
            continuation.resume(returning: true)
        } else {
            self.awaitingReady[id] = continuation
            // Made now, as it hears of the loop's end.
            _ = self.timer()
        }
    }

    private func endAwaiting(_ isReady: Bool) {
        let waiting = self.awaitingReady
        self.awaitingReady = [:]
        for continuation in waiting.values { continuation.resume(returning: isReady) }
    }
}

extension RedisClientCore: RedisSessionHandler {
    func opened() {
        self.status.withLock { status in
            status.isReady = true
            status.statistics.connections += 1
        }
        self.metrics.connections.increment()
        self.endAwaiting(true)
    }

    func received(_ replies: [RedisConnection.Reply]) {
        for reply in replies {
            guard let landing = self.flights.land(reply.token) else {
                return self.session.fail(RedisError(.unexpectedReply, "an answer fits no command"))
            }
            // Before its caller goes on, who may have more.
            if landing.isLast { self.admission.release(landing.call.commandCount) }
            landing.call.receive(reply.value, isFirst: landing.isFirst, isLast: landing.isLast)
        }
    }

    func lost(_ error: RedisError) {
        self.status.withLock { status in
            status.isReady = false
            status.lastFailure = error
            status.statistics.losses += 1
        }
        self.metrics.losses.increment()
        self.whyDown =
            error.code == .closed || error.code == .loginRefused
            ? error : RedisError(.unreachable, "there is no connection: \(error)")
        self.deadlineTimer?.cancel()
        for flight in self.flights.takeAll() {
            self.finish(flight.call, error)
        }
        if error.code == .closed { self.endAwaiting(false) }
    }
}

@available(*, unavailable, message: "the core of a client is confined to its loop")
extension RedisClientCore: Sendable {}
