public import ChatifyCore
public import Logging

/// A SignalR hub for chat, without sockets: an embedder hands it bytes and time, and gets bytes.
///
/// A hub has one ``HubShard`` per executor that serves connections. Subscribe it to a `BroadcastService` and it pushes
/// every event of the log to the connections that are joined to the event's scope.
public final class ChatHub: Sendable {
    /// How this hub treats its connections.
    public let configuration: HubConfiguration
    /// What the methods of the hub act on.
    let chat: ChatService
    /// The pod on which the connections are, for the presence service.
    let podID: PodID
    /// Where comings and goings are reported.
    let presence: PresenceReporter
    /// What broadcasts are encoded for.
    let encodings = EncodingTable()
    /// What is counted.
    let metrics = HubMetrics()
    /// Where the hub says what operators should know.
    let logger: Logger
    /// Where time and names come from.
    let surroundings: HubSurroundings
    /// Who says who somebody is.
    let authenticator: any Authenticator
    /// The tokens of connections, open or yet to be.
    let registry: Locked<ConnectionRegistry>
    /// Where clients that resume find what is not in memory any more.
    let replaySource: (any ReplaySource)?
    /// The shards, and what was read last for those who resume.
    let live: Locked<LiveDelivery>
    /// When it is looked up who is online.
    let presenceLookups: Locked<PresenceLookups>

    /// Makes a hub over the chat and the adapters a hub needs beside it.
    ///
    /// In `replaySource` clients that resume find what the hub does not hold in memory any more; `nil`, the default, is for
    /// nowhere.
    public convenience init(
        chat: ChatService,
        presence: any PresenceService,
        authenticator: any Authenticator,
        podIdentity: any PodIdentity,
        replaySource: (any ReplaySource)? = nil,
        configuration: HubConfiguration = HubConfiguration(),
        logger: Logger
    ) {
        self.init(
            chat: chat,
            presence: presence,
            authenticator: authenticator,
            podIdentity: podIdentity,
            replaySource: replaySource,
            configuration: configuration,
            surroundings: .system,
            logger: logger
        )
    }

    /// Makes a hub that takes time and names from `surroundings`.
    package init(
        chat: ChatService,
        presence: any PresenceService,
        authenticator: any Authenticator,
        podIdentity: any PodIdentity,
        replaySource: (any ReplaySource)?,
        configuration: HubConfiguration,
        surroundings: HubSurroundings,
        logger: Logger
    ) {
        self.chat = chat
        self.podID = podIdentity.podID
        self.presence = PresenceReporter(service: presence, logger: logger)
        self.authenticator = authenticator
        self.replaySource = replaySource
        self.configuration = configuration
        self.logger = logger
        self.presenceLookups = Locked(
            PresenceLookups(
                poll: PresencePoll(
                    interval: configuration.presenceInterval,
                    batchSize: configuration.maximumPresenceBatch
                )
            )
        )
        self.surroundings = surroundings
        self.registry = Locked(
            ConnectionRegistry(
                maximumNegotiations: configuration.maximumNegotiations,
                maximumPerUser: configuration.maximumConnectionsPerUser
            )
        )
        let (bytes, age) = (configuration.resume.windowBytes, configuration.resume.windowAge)
        self.live = Locked(LiveDelivery(window: ReplayWindow(maximumBytes: bytes, maximumAge: age)))
    }

    /// Adds a shard for the connections of `executor`; call it there, once per executor.
    public func makeShard(on executor: any HubExecutor) -> HubShard {
        executor.preconditionIsolated()
        return self.live.withLock { live in
            let shard = HubShard(hub: self, executor: executor, standing: live.window.ends)
            shard.index = live.shards.count
            live.shards.append(Confined(shard, to: executor))
            return shard
        }
    }

    /// Looks up no more who is online, and returns when all comings and goings so far have been reported to the presence
    /// service, or have failed to be.
    public func presenceIsReported() async {
        await self.endPresencePoll()
        for shard in self.live.withLock({ $0.shards }) { await shard.run { await $0.presenceIsReported() } }
    }

    /// Runs `body` with every shard where it lives, one after the other, and returns what came of it.
    func onShards<Value: Sendable>(_ body: @escaping @Sendable (HubShard) -> Value) async -> [Value] {
        var values: [Value] = []
        for shard in self.live.withLock({ $0.shards }) {
            values.append(await shard.run { body($0) })
        }
        return values
    }

    /// The shard of that index, unless the hub has let go of its shards.
    func shard(_ index: Int?) -> Confined<HubShard>? {
        guard let index else { return nil }
        return self.live.withLock { $0.shards.indices.contains(index) ? $0.shards[index] : nil }
    }

    /// Lets go of all shards; call it when their connections are closed and before their executors end.
    public func removeShards() {
        self.live.withLock { $0.shards.removeAll() }
    }
}
