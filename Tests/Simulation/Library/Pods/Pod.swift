internal import ChatifyCore
internal import ChatifyHub
internal import ChatifySignalR
internal import Logging

/// One life of a pod: the product as a server wires it, from its start to its stop or crash.
///
/// A pod that comes back is another ``Pod`` of the same name.
final class Pod: @unchecked Sendable {
    enum State {
        case running
        /// It drains and stops by itself.
        case stopping
        case gone
    }

    let number: Int
    let podID: PodID
    let world: World
    let links: PodLinks
    let loops: [Lane]
    let pool: Lane
    let hub: ChatHub
    let chat: ChatService
    let broadcastConsumer: SimulatedConsumer
    let historyConsumer: SimulatedConsumer
    let deliveries: Deliveries
    /// One for each of ``loops``.
    private(set) var shards: [HubShard] = []
    /// Older events than this are not pushed.
    let liveFrom: Timestamp
    var state = State.running
    var sockets: [Socket] = []
    private var services: [Task<Void, Never>] = []

    init(number: Int, world: World) {
        let settings = world.settings
        self.number = number
        self.world = world
        self.podID = PodID(unchecked: "pod-\(number)")
        self.links = PodLinks(world: world)
        self.liveFrom = world.clock(ofPod: number).now().advanced(by: .zero - BroadcastConfiguration().maximumAge)
        self.loops = (0..<settings.shardsPerPod).map { _ in world.scheduler.makeLane(.queue) }
        self.pool = world.scheduler.makeLane(.pool)
        let identity = FixedPodIdentity(podID: self.podID)
        self.chat = ChatService(world: world, links: self.links, identity: identity)
        self.hub = ChatHub(
            chat: self.chat,
            presence: SimulatedPresence(memory: world.presence, link: self.links.presence),
            authenticator: DevelopmentAuthenticator(),
            podIdentity: identity,
            replaySource: settings.hasReplay ? SimulatedReplay(log: world.log, link: self.links.log) : nil,
            configuration: HubConfiguration(settings),
            surroundings: world.surroundings,
            logger: world.logger
        )
        let deliveries = Deliveries(partitions: settings.partitions)
        self.deliveries = deliveries
        self.broadcastConsumer = SimulatedConsumer(
            log: world.log,
            link: self.links.log,
            group: "broadcast-\(self.podID)",
            startingAt: .end,
            commits: .automatic
        ) { records in
            deliveries.note(records)
            world.trace("pod-\(number) reads \(records.map { "\($0.position)" })")
        }
        self.historyConsumer = SimulatedConsumer(
            log: world.log,
            link: self.links.log,
            group: SimulatedLog.historyGroup,
            startingAt: .beginning,
            commits: .manual
        ) { _ in }
    }

    /// Starts what a server starts: shards with their ticks, live delivery, the history writer, the sweeper.
    func start() {
        for loop in self.loops {
            loop.post {
                let shard = self.hub.makeShard(on: loop)
                self.shards.append(shard)
                self.tick(shard, on: loop)
            }
        }
        self.services = [
            // As in `ChatServer`, live delivery runs on a loop.
            Task(executorPreference: self.loops[0]) { await self.broadcastService.run() },
            Task(executorPreference: self.pool) { await self.historyWriter.run() },
            Task(executorPreference: self.pool) { await self.sweeper.run() },
        ]
    }

    /// All lanes of the pod.
    var lanes: [Lane] { self.loops + [self.pool] }

    private func tick(_ shard: HubShard, on loop: Lane) {
        self.world.scheduler.after(.seconds(1)) {
            guard self.state != .gone else { return }
            loop.post {
                shard.tick()
                self.tick(shard, on: loop)
            }
        }
    }

    /// Asks the services to end and waits until they have.
    func endServices() async {
        for service in self.services { service.cancel() }
        for service in self.services { await service.value }
    }
}

/// The pod's name, given.
struct FixedPodIdentity: PodIdentity {
    let podID: PodID
}

/// A pod's ways to the services it needs.
final class PodLinks: @unchecked Sendable {
    let log: Link
    let history: Link
    let presence: Link
    let limiter: Link
    let deadLetters: Link

    init(world: World) {
        self.log = Link(world: world)
        self.history = Link(world: world)
        self.presence = Link(world: world)
        self.limiter = Link(world: world)
        self.deadLetters = Link(world: world)
    }

    var all: [Link] { [self.log, self.history, self.presence, self.limiter, self.deadLetters] }
}

/// What the log has delivered to a pod for its clients.
final class Deliveries {
    /// The offset behind the last record delivered of each partition, nil before the first.
    private(set) var next: [Int64?]
    /// How often the log went back to records it had delivered before.
    private(set) var rewinds: [Int]

    init(partitions: Int) {
        self.rewinds = Array(repeating: 0, count: partitions)
        self.next = Array(repeating: nil, count: partitions)
    }

    func note(_ records: [ChatRecord]) {
        for record in records {
            let partition = Int(record.position.partition)
            if let next = self.next[partition], record.position.offset < next { self.rewinds[partition] += 1 }
            self.next[partition] = record.position.offset + 1
        }
    }
}
