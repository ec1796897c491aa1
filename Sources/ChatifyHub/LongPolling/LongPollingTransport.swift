internal import ChatifyCore
internal import ChatifySignalR

/// Carries a hub connection by polls: what is written waits here until one fetches it.
///
/// Confined to the shard that the connection's first request came in on. Outlives its connection until the client deletes it,
/// which clients do even when they were told of the end, or for as long as a client may be away.
final class LongPollingTransport: HubTransport {
    private let shard: HubShard
    private let admission: HubAdmission
    private var machine: LongPollingMachine
    private var connection: HubConnection?
    /// The poll that waits, and its number.
    private var waiting: (number: Int, waiter: LongPoll.Waiter)?
    /// Whether the shard is going to see to the poll that waits.
    private var isDue = false
    private var nextHeartbeat: ContinuousClock.Instant

    /// Opens the connection.
    init(shard: HubShard, admission: HubAdmission) {
        let configuration = shard.hub.configuration
        self.shard = shard
        self.admission = admission
        let now = shard.hub.surroundings.now()
        self.machine = LongPollingMachine(limits: configuration.longPolling, now: now)
        self.nextHeartbeat = now + configuration.limits.keepAlive
        self.connection = shard.connect(self, as: admission, framing: .none)
        shard.polled[admission.connectionID] = self
    }

    /// Whether a poll waits.
    var isPolled: Bool { self.machine.isPolled }

    /// The bytes that wait for the next poll.
    var bufferedBytes: Int { self.machine.bufferedBytes }

    private var now: ContinuousClock.Instant { self.shard.hub.surroundings.now() }

    /// Lets a poll wait until there is something to say; one that waits already is told that it has ended.
    func begin(_ waiter: LongPoll.Waiter) {
        let replaced = self.waiting
        self.waiting = (self.machine.begin(now: self.now), waiter)
        replaced?.waiter.answer(.ended)
        self.answerPoll()
    }

    /// Forgets a poll whose client has gone; what is there waits for the next one.
    func cancel(_ waiter: LongPoll.Waiter) {
        guard let waiting = self.waiting, waiting.waiter.leads(toPollOf: waiter) else { return }
        self.waiting = nil
        self.machine.cancel(waiting.number, now: self.now)
        waiter.answer(.ended)
    }

    /// Answers the poll that waits if its answer is there by now.
    func answerPoll() {
        self.isDue = false
        guard let waiting = self.waiting else { return }
        guard let answer = self.machine.answer(to: waiting.number, now: self.now) else { return }
        self.waiting = nil
        self.connection?.transportDrained()
        waiting.waiter.answer(answer)
    }

    /// Ends the connection because the client says so: what it has not fetched is dropped.
    func delete() {
        self.machine.abort()
        self.remove()
    }

    /// Lets time pass.
    func tick(now: ContinuousClock.Instant) {
        switch self.machine.tick(now: now) {
        case .nothing: self.renewPresence(now: now)
        case .wake: self.wake()
        case .remove: self.delete()
        }
    }

    /// A client that polls is here, though it never pings.
    private func renewPresence(now: ContinuousClock.Instant) {
        guard self.machine.isPolled, now >= self.nextHeartbeat else { return }
        self.nextHeartbeat = now + self.shard.hub.configuration.limits.keepAlive
        self.connection?.heartbeat()
    }

    /// Has the poll that waits answered once what is under way on this shard is done, so that records of one batch leave
    /// together.
    private func wake() {
        guard self.waiting != nil, !self.isDue else { return }
        self.isDue = true
        self.shard.answerSoon(self)
    }

    private func remove() {
        let connection = self.connection
        self.connection = nil
        connection?.transportClosed()
        self.shard.polled[self.admission.connectionID] = nil
        self.shard.hub.forget(self.admission)
        self.wake()
    }
}

extension LongPollingTransport {
    func write(_ bytes: [UInt8]) -> Bool {
        guard self.machine.write(bytes) else { return false }
        self.wake()
        return true
    }

    var queuedBytes: Int { self.bufferedBytes }

    /// Every answered poll is told to the connection anyway.
    func notifyWhenDrained() {}

    func pauseReading() {}

    func resumeReading() {}

    func close(sending bytes: [UInt8]?) {
        self.connection = nil
        self.machine.end(sending: bytes)
        self.wake()
    }

    func abort() { self.delete() }
}
