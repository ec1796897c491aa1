internal import ChatifyCore
internal import ChatifyHub
internal import ChatifySignalR

/// The network between one client and one pod, as the hub's transport.
///
/// Sendable because everything in a simulated world happens on one thread.
final class Socket: HubTransport, @unchecked Sendable {
    let pod: Pod
    let client: Client
    private let world: World
    private let shard: Int
    private(set) var connection: HubConnection?
    /// Whether the hub still writes to it.
    private var isOpen = true
    /// Whether nothing gets through any more, and nobody is told.
    private(set) var isSilent = false
    /// Whether the client takes nothing in at present.
    private(set) var isStalled = false
    private var outgoing: [[UInt8]] = []
    private var outgoingCount = 0
    private var isFlushing = false
    private var incoming: [[UInt8]] = []
    private var isReadingPaused = false
    private var lastArrival: Duration = .zero

    init(world: World, pod: Pod, client: Client) {
        self.world = world
        self.pod = pod
        self.client = client
        self.shard = world.random.pick(0...(pod.loops.count - 1))
    }

    private var loop: Lane { self.pod.loops[self.shard] }

    /// The time a packet takes.
    private func latency() -> Duration { self.world.random.duration(upTo: .milliseconds(30)) }

    // MARK: The client's end

    /// Asks the pod to let the client in.
    func connect() {
        self.world.scheduler.after(self.latency()) {
            self.loop.post { Task(executorPreference: self.loop) { await self.attach() } }
        }
    }

    /// Sends bytes, which arrive in order, some cut in two.
    func send(_ bytes: [UInt8]) {
        let cut = self.world.random.percent(10) ? self.world.random.pick(0...bytes.count) : bytes.count
        for part in [Array(bytes[..<cut]), Array(bytes[cut...])] where !part.isEmpty {
            self.lastArrival = max(self.lastArrival, self.world.scheduler.now + self.latency())
            self.world.scheduler.after(self.lastArrival - self.world.scheduler.now) {
                self.loop.post { self.arrived(part) }
            }
        }
    }

    /// Drops the connection from the client's side; the pod is told unless the network is down.
    func drop(isSilently: Bool) {
        guard !self.isSilent else { return }
        self.isSilent = true
        guard !isSilently else { return }
        self.world.scheduler.after(self.latency()) { self.loop.post { self.endConnection() } }
    }

    /// Lets the client take in what waits for it, or nothing more.
    func stall(_ isStalled: Bool) {
        self.isStalled = isStalled
        if !isStalled { self.flushSoon() }
    }

    /// Breaks because the pod is no more; some clients are told by the network, some are not.
    func podIsGone() {
        guard !self.isSilent else { return }
        self.isSilent = true
        guard self.world.random.percent(70) else { return }
        self.world.scheduler.after(self.latency()) { self.client.lost(self) }
    }

    // MARK: The pod's end

    private func attach() async {
        let admission: HubAdmission
        do {
            admission = try await self.pod.hub.attach(token: nil, bearerToken: nil, claimedUser: self.client.name)
        } catch {
            return self.client.lost(self)
        }
        guard self.pod.state == .running, !self.isSilent else {
            self.pod.hub.release(admission)
            return self.client.lost(self)
        }
        self.connection = self.pod.shards[self.shard].connect(self, as: admission, framing: .none)
        self.pod.sockets.append(self)
        self.world.statistics.connections += 1
        self.world.scheduler.after(self.latency()) { self.client.opened(self) }
    }

    private func arrived(_ bytes: [UInt8]) {
        guard self.isOpen, !self.isSilent, let connection = self.connection else { return }
        guard !self.isReadingPaused, self.incoming.isEmpty else { return self.incoming.append(bytes) }
        self.hand(bytes, to: connection)
    }

    private func hand(_ bytes: [UInt8], to connection: HubConnection) {
        bytes.withUnsafeBytes { connection.receive($0) }
        let bound = self.pod.hub.configuration.limits.maximumReceiveMessageSize + bytes.count
        guard connection.bufferedCount <= bound else {
            return self.world.violate("queues are bounded", "\(connection.bufferedCount) received bytes are kept")
        }
    }

    private func endConnection() {
        self.isOpen = false
        self.connection?.transportClosed()
        self.connection = nil
        self.pod.sockets.removeAll { $0 === self }
    }

    func write(_ bytes: [UInt8]) -> Bool {
        guard self.isOpen else {
            self.world.violate("nothing is written after the end", "\(bytes.count) bytes to \(self.client.name)")
            return true
        }
        guard self.outgoingCount + bytes.count <= self.world.settings.outboundBound else { return false }
        self.outgoing.append(bytes)
        self.outgoingCount += bytes.count
        self.flushSoon()
        return true
    }

    func pauseReading() { self.isReadingPaused = true }

    func resumeReading() {
        self.isReadingPaused = false
        self.loop.post { self.readOn() }
    }

    private func readOn() {
        while self.isOpen, !self.isReadingPaused, !self.incoming.isEmpty, let connection = self.connection {
            self.hand(self.incoming.removeFirst(), to: connection)
        }
    }

    func close(sending bytes: [UInt8]?) {
        if let bytes { self.outgoing.append(bytes) }
        self.closed()
        self.flushSoon()
        self.world.scheduler.after(.seconds(5)) { self.client.lost(self) }
    }

    func abort() {
        self.outgoing = []
        self.closed()
        self.world.scheduler.after(self.latency()) { if !self.isSilent { self.client.lost(self) } }
    }

    private func closed() {
        self.isOpen = false
        self.connection = nil
        self.pod.sockets.removeAll { $0 === self }
    }

    private func flushSoon() {
        guard !self.isFlushing, !self.outgoing.isEmpty || !self.isOpen else { return }
        self.isFlushing = true
        self.world.scheduler.after(self.latency()) { self.flush() }
    }

    private func flush() {
        self.isFlushing = false
        guard !self.isSilent, !self.isStalled else { return }
        let bytes = self.outgoing.flatMap { $0 }
        self.outgoing = []
        self.outgoingCount = 0
        if !bytes.isEmpty { self.client.received(bytes, on: self) }
        if !self.isOpen { self.client.lost(self) }
    }
}
