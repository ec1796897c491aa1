internal import ChatifyCore
internal import ChatifySignalR

/// Carries a hub connection by polls: what is written waits here until one fetches it.
///
/// Confined to the shard that the connection's first request came in on. Outlives its connection until the last bytes were
/// fetched, or for as long as a client may be away.
final class LongPollingTransport: HubTransport {
    private let shard: HubShard
    private let admission: HubAdmission
    private var machine: LongPollingMachine
    private var connection: HubConnection?
    /// The task of the poll that waits.
    private var waiter: CheckedContinuation<Void, Never>?
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

    /// Waits until there is something to say, and returns it.
    func poll() async -> LongPollAnswer {
        let number = self.machine.begin(now: self.now)
        self.wake()
        while !Task.isCancelled {
            if let answer = self.machine.answer(to: number, now: self.now) {
                if self.machine.isOver { self.remove() }
                self.connection?.transportDrained()
                return answer
            }
            await self.sleep(number)
        }
        self.machine.cancel(number, now: self.now)
        return .ended
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

    private func sleep(_ number: Int) async {
        let confined = Confined(self, to: self.shard.executor)
        await withTaskCancellationHandler {
            await withCheckedContinuation { self.waiter = $0 }
        } onCancel: {
            // Even if this runs before the continuation is there, what it starts comes after.
            Task(executorPreference: confined.executor) { confined.value.clientLeft(number) }
        }
    }

    private func clientLeft(_ number: Int) {
        guard self.machine.isPending(number) else { return }
        self.machine.cancel(number, now: self.now)
        self.wake()
    }

    private func wake() {
        let waiter = self.waiter
        self.waiter = nil
        waiter?.resume()
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
