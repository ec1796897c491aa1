internal import ChatifyCore
internal import Logging

/// Sends records and waits for the brokers' word on each; one thread of our own takes the words in.
///
/// Bound: the settings' number and bytes of sends under way, counted by librdkafka; a send beyond them fails at once.
final class RecordSender: Sendable {
    typealias Waiter = CheckedContinuation<Result<LogPosition, KafkaSendError>, Never>

    private struct State {
        var sends = SendTable<Waiter>()
        /// What to send with; `nil` while there is none.
        var connection: SenderConnection?
        var statistics = KafkaStatistics()
        /// What was said last of a connection that failed.
        var lastFailure: String?
        var deadline: ContinuousClock.Instant?
        var thread: OwnedThread?
    }

    private let state = Locked(State())
    private let timeout: Duration

    private init(timeout: Duration) { self.timeout = timeout }

    /// Starts a sender; returns when its client is made, which says nothing about brokers.
    /// - Parameter timeout: How long a send waits at most.
    /// - Throws: `ChatError` with code `configuration` if librdkafka does not take a property.
    static func start(
        _ properties: [KafkaProperty],
        timeout: Duration,
        logger: Logger
    ) async throws(ChatError) -> RecordSender {
        let sender = RecordSender(timeout: timeout)
        let result = await withCheckedContinuation { continuation in
            let thread = OwnedThread {
                do throws(ChatError) {
                    let thread = SenderThread(sender, try SenderConnection(properties), properties, logger)
                    continuation.resume(returning: Result<Void, ChatError>.success(()))
                    thread.run()
                } catch {
                    continuation.resume(returning: .failure(error))
                }
            }
            sender.state.withLock { $0.thread = thread }
        }
        try result.get()
        return sender
    }

    /// Sends one record, and returns where it stands once all brokers in charge have it.
    ///
    /// Ends early when the task is cancelled; the record may be in the log then.
    func send(_ record: OutgoingRecord) async throws(KafkaSendError) -> LogPosition {
        let token = self.state.withLock { $0.sends.makeToken() }
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { self.begin(record, token, $0) }
        } onCancel: {
            self.end(token, .failure(.cancelled))
        }
        return try result.get()
    }

    private func begin(_ record: OutgoingRecord, _ token: UInt, _ waiter: Waiter) {
        let deadline = ContinuousClock.now.advanced(by: self.timeout)
        let (connection, refusal) = self.state.withLock { state -> (SenderConnection?, KafkaSendError?) in
            // A cancellation before this line is seen here; one after it finds the waiter.
            guard !Task.isCancelled else { return (nil, .cancelled) }
            guard state.sends.add(waiter, for: token, until: deadline) else { return (nil, .closed) }
            return (state.connection, nil)
        }
        if let refusal { return waiter.resume(returning: .failure(refusal)) }
        guard let connection else { return self.end(token, .failure(.restarting)) }
        do throws(KafkaError) {
            try connection.client.produce(record, token: token)
        } catch {
            self.end(token, .failure(.refused(error)))
        }
    }

    /// Answers one send, unless it was answered before.
    private func end(_ token: UInt, _ result: Result<LogPosition, KafkaSendError>) {
        self.state.withLock { $0.sends.take(token) }?.resume(returning: result)
    }

    /// What the client last said of itself.
    var statistics: KafkaStatistics { self.state.withLock { $0.statistics } }

    /// What librdkafka said last of a connection that failed; `nil` if none did.
    var lastFailure: String? { self.state.withLock { $0.lastFailure } }

    /// The sends that wait for an answer.
    var waiting: Int { self.state.withLock { $0.sends.count } }

    /// The connection, for requests other than sends; `nil` while there is none.
    var connection: SenderConnection? { self.state.withLock { $0.connection } }

    /// Refuses further sends, waits at most so long for those under way, and fails the rest.
    ///
    /// Idempotent.
    func close(within time: Duration) async {
        self.beginClosing(within: time)
        await self.state.withLock { $0.thread }?.join()
    }

    /// Does what ``close(within:)`` does without waiting for it.
    func beginClosing(within time: Duration) {
        let connection = self.state.withLock { state in
            state.sends.close()
            let deadline = ContinuousClock.now.advanced(by: time)
            state.deadline = min(deadline, state.deadline ?? deadline)
            return state.connection
        }
        connection?.queue.wake()
    }
}

// What the thread does.
extension RecordSender {
    /// When sends under way are given up, once the sender is being closed.
    var deadline: ContinuousClock.Instant? { self.state.withLock { $0.deadline } }

    /// Sends with this connection from now on.
    func use(_ connection: SenderConnection?) {
        // The old one is let go outside the lock, in case this is its last reference.
        let old = self.state.withLock { state in
            defer { state.connection = connection }
            return state.connection
        }
        withExtendedLifetime(old) {}
    }

    /// Answers sends by what became of their messages.
    func end(_ deliveries: [KafkaEvent.Delivery]) {
        let waiters = self.state.withLock { state in deliveries.map { state.sends.take($0.token) } }
        for (delivery, waiter) in zip(deliveries, waiters) { waiter?.resume(returning: delivery.result) }
    }

    /// Fails the sends whose time is over.
    ///
    /// librdkafka does so too, but not while it sleeps between two attempts to connect.
    func expire(now: ContinuousClock.Instant) {
        for waiter in self.state.withLock({ $0.sends.takeExpired(now: now) }) {
            waiter.resume(returning: .failure(.refused(.timedOut)))
        }
    }

    /// Fails all sends that nobody will hear of any more.
    func endAll() {
        for waiter in self.state.withLock({ $0.sends.takeAll() }) { waiter.resume(returning: .failure(.closed)) }
    }

    func note(_ statistics: KafkaStatistics) {
        self.state.withLock { $0.statistics = statistics }
    }

    func note(failure: String) {
        self.state.withLock { $0.lastFailure = failure }
    }
}

extension KafkaEvent.Delivery {
    fileprivate var result: Result<LogPosition, KafkaSendError> {
        if let error = self.error { return .failure(.refused(error)) }
        // A broker that finds a repeated message may have forgotten where the first one stands.
        guard self.offset >= 0 else { return .failure(.unplaced) }
        return .success(LogPosition(partition: self.partition, offset: self.offset))
    }
}
