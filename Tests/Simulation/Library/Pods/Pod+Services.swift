internal import ChatifyCore
internal import ChatifyHub

extension Pod {
    /// Live delivery, from the log to the hub.
    var broadcastService: BroadcastService {
        var configuration = BroadcastConfiguration()
        configuration.batchLimit = self.world.settings.broadcastBatch
        return BroadcastService(
            consumer: self.broadcastConsumer,
            subscriber: self.hub,
            configuration: configuration,
            clock: self.world.clock(ofPod: self.number),
            logger: self.world.logger
        )
    }

    /// The way from the log to the history.
    var historyWriter: HistoryWriter {
        var configuration = HistoryWriterConfiguration()
        configuration.batchLimit = self.world.settings.historyBatch
        configuration.maximumConcurrentStores = self.world.settings.historyWidth
        return HistoryWriter(
            consumer: self.historyConsumer,
            repository: SimulatedHistory(world: self.world, link: self.links.history),
            deadLetters: SimulatedDeadLetters(world: self.world, link: self.links.deadLetters),
            configuration: configuration,
            clock: self.world.clock(ofPod: self.number),
            random: { self.world.random.next() },
            logger: self.world.logger
        )
    }

    /// What takes the users of crashed pods offline.
    var sweeper: PresenceSweeper {
        PresenceSweeper(
            presence: SimulatedPresence(memory: self.world.presence, link: self.links.presence),
            clock: self.world.clock(ofPod: self.number),
            logger: self.world.logger
        )
    }
}

extension ChatService {
    init(world: World, links: PodLinks, identity: FixedPodIdentity) {
        var configuration = ChatServiceConfiguration()
        configuration.sendThreshold = world.settings.sendThreshold
        configuration.sendWindow = .seconds(10)
        self.init(
            producer: SimulatedProducer(log: world.log, link: links.log),
            history: SimulatedHistory(world: world, link: links.history),
            limiter: SimulatedLimiter(world: world, link: links.limiter),
            authorizer: ParticipantScopeAuthorizer(),
            podIdentity: identity,
            configuration: configuration,
            clock: world.clock(ofPod: Int(identity.podID.rawValue.dropFirst(4)) ?? 0),
            random: RandomPool { [world.random.next()] },
            logger: world.logger
        )
    }
}

extension HubConfiguration {
    init(_ settings: WorldSettings) {
        self.init()
        self.resume.windowBytes = settings.windowBytes
        self.resume.maximumBytes = min(self.resume.maximumBytes, settings.outboundBound / 2)
        self.maximumWaitingInvocations = settings.waitingInvocations
    }
}
