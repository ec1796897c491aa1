public import ChatifyCore
internal import ChatifySignalR
public import Logging

/// A SignalR hub for chat, without sockets: an embedder hands it bytes and time, and gets bytes.
///
/// A hub has one ``HubShard`` per executor that serves connections. Subscribe it to a `BroadcastService` and it pushes
/// every event of the log to the connections that are joined to the event's scope.
public final class ChatHub: Sendable {
    /// How this hub treats its connections.
    public let configuration: HubConfiguration
    let chat: ChatService
    let podID: PodID
    let presence: PresenceReporter
    let protocols: [any HubProtocol] = [JSONHubProtocol(), MessagePackHubProtocol()]
    let encodings = EncodingTable()
    let metrics = HubMetrics()
    let logger: Logger
    let surroundings: HubSurroundings
    private let authenticator: any Authenticator
    let registry: Locked<ConnectionRegistry>
    let replaySource: (any ReplaySource)?
    let live: Locked<LiveDelivery>
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
        for shard in self.live.withLock({ $0.shards }) {
            let reporting = Task(executorPreference: shard.executor) { await shard.value.presenceIsReported() }
            await reporting.value
        }
    }

    /// Runs `body` with every shard where it lives, one after the other, and returns what came of it.
    func onShards<Value: Sendable>(_ body: @escaping @Sendable (HubShard) -> Value) async -> [Value] {
        var values: [Value] = []
        for shard in self.live.withLock({ $0.shards }) {
            values.append(await shard.run { body($0) })
        }
        return values
    }

    /// Lets go of all shards; call it when their connections are closed and before their executors end.
    public func removeShards() {
        self.live.withLock { $0.shards.removeAll() }
    }
}

// MARK: - Getting in

extension ChatHub {
    /// Answers a negotiate request (signalr.md §2).
    ///
    /// - Parameters:
    ///   - version: The query item `negotiateVersion`, if there is one.
    ///   - useStatefulReconnect: The query item of that name, if there is one; leave it out if transports are not opened by
    ///     ``HubShard/open(_:as:framing:)``.
    ///   - bearerToken: The client's token, from the header or the query.
    ///   - claimedUser: The name the client gives, for development.
    /// - Returns: The JSON body of the 200 answer.
    /// - Throws: ``HubRejection`` with status 401, or 503 when too many negotiated connections wait for a transport.
    public func negotiate(
        version: String?,
        useStatefulReconnect: String? = nil,
        bearerToken: String?,
        claimedUser: String?
    ) async throws(HubRejection) -> [UInt8] {
        let request: NegotiateRequest
        do {
            request = try NegotiateRequest(negotiateVersion: version, useStatefulReconnect: useStatefulReconnect)
        } catch {
            return NegotiateResponse.failure(error.text).encoded()
        }
        let names = self.surroundings.names(request.version)
        let connectionID = ConnectionID(unchecked: names.id)
        let identity = try await self.identify(bearerToken, claimedUser, as: connectionID)
        let isStateful = request.useStatefulReconnect && self.configuration.statefulReconnect.isOffered
        let now = self.surroundings.now()
        let isKept = self.registry.withLock {
            $0.negotiate(
                token: names.token,
                connectionID: connectionID,
                userID: identity.userID,
                isStateful: isStateful,
                deadline: now + self.configuration.negotiationLifetime,
                now: now
            )
        }
        guard isKept else { throw HubRejection(503, "Too many connections are being negotiated.") }
        return NegotiateResponse.success(
            version: request.version,
            identity: names,
            transports: TransportOffer.all(carrying: self.protocols.map(\.transferFormat)),
            useStatefulReconnect: isStateful
        ).encoded()
    }

    /// Lets a transport in: with the token of a negotiated connection, or with none for a new connection.
    ///
    /// - Throws: ``HubRejection`` with status 400 (another transport has it), 401, 403 (another user's token), 404 (unknown),
    ///   409 (in use) or 429 (too many connections of this user).
    public func attach(
        token: String?,
        bearerToken: String?,
        claimedUser: String?
    ) async throws(HubRejection) -> HubAdmission {
        guard let token else { return try await self.open(bearerToken, claimedUser) }
        return try await self.attach(token, bearerToken, claimedUser, at: .webSocket)
    }

    /// Lets a transport in that stays open, at the place it is to live.
    func attach(
        _ token: String,
        _ bearerToken: String?,
        _ claimedUser: String?,
        at home: ConnectionHome
    ) async throws(HubRejection) -> HubAdmission {
        switch self.registry.withLock({ $0.standing(of: token) }) {
        case .unknown: throw .unknownConnection
        case .open(let other) where other.isStateful && home.transport == .webSockets:
            return try await self.reattach(token, to: other, bearerToken, claimedUser)
        case .open(let other): throw other.home.transport == home.transport ? .alreadyInUse : .transportChange
        case .negotiated(let connectionID):
            let identity = try await self.identify(bearerToken, claimedUser, as: connectionID)
            return try self.claim(token, by: identity, at: home)
        }
    }

    /// Takes a negotiated token into use.
    func claim(_ token: String, by identity: Identity, at home: ConnectionHome) throws(HubRejection) -> HubAdmission {
        switch self.registry.withLock({
            $0.claim(token: token, by: identity.userID, at: home, now: self.surroundings.now())
        }) {
        case .granted(let id):
            var admission = HubAdmission(
                connectionID: id,
                identity: identity,
                transport: home.transport,
                token: token
            )
            admission.isStateful = self.registry.withLock { $0.isStateful(token) }
            return admission
        case .unknown: throw .unknownConnection
        case .alreadyInUse: throw .alreadyInUse
        case .otherUser: throw .otherUser
        case .tooManyOfUser: throw .tooManyOfUser
        }
    }

    /// Lets another transport of the same client in, to take the place of the one before (signalr.md §9).
    private func reattach(
        _ token: String,
        to connection: OpenConnection,
        _ bearerToken: String?,
        _ claimedUser: String?
    ) async throws(HubRejection) -> HubAdmission {
        let id = connection.connectionID
        let identity = try await self.identify(bearerToken, claimedUser, as: id)
        guard identity.userID == connection.userID else { throw .otherUser }
        guard let home = self.shard(connection.home.shard) else { throw .alreadyInUse }
        let number = await home.run { $0.connections[id]?.admitTransport() }
        guard let number else { throw .alreadyInUse }
        var admission = HubAdmission(connectionID: id, identity: identity, transport: .webSockets, token: token)
        admission.reattachment = HubAdmission.Reattachment(home: home, number: number)
        return admission
    }

    private func open(_ bearerToken: String?, _ claimedUser: String?) async throws(HubRejection) -> HubAdmission {
        let names = self.surroundings.names(1)
        let connectionID = ConnectionID(unchecked: names.id)
        let identity = try await self.identify(bearerToken, claimedUser, as: connectionID)
        let connection = OpenConnection(connectionID: connectionID, userID: identity.userID, home: .webSocket)
        guard self.registry.withLock({ $0.open(token: names.token, connection) }) else {
            throw .tooManyOfUser
        }
        return HubAdmission(connectionID: connectionID, identity: identity, transport: .webSockets, token: names.token)
    }

    func identify(
        _ bearerToken: String?,
        _ claimedUser: String?,
        as connectionID: ConnectionID
    ) async throws(HubRejection) -> Identity {
        let credentials = Credentials(
            bearerToken: bearerToken,
            claimedUser: claimedUser,
            connectionID: connectionID
        )
        do {
            return try await self.authenticator.authenticate(credentials)
        } catch {
            throw error.code == .unauthenticated
                ? HubRejection(401, error.message) : HubRejection(503, "Identity cannot be checked now.")
        }
    }

    /// Gives back an admission whose transport could not be opened.
    public func release(_ admission: HubAdmission) {
        // One for a connection that is open already leaves that as it is.
        guard admission.reattachment == nil else { return }
        self.registry.withLock { $0.release(token: admission.token) }
    }

    /// Whether a token is that of an open connection.
    public func isInUse(token: String) -> Bool { self.registry.withLock { $0.isInUse(token) } }

    /// Forgets the token of a connection that polled, now that nothing is left to be fetched.
    func forget(_ admission: HubAdmission) {
        self.registry.withLock { $0.forget(token: admission.token) }
    }

    /// The shard of that index, unless the hub has let go of its shards.
    func shard(_ index: Int?) -> Confined<HubShard>? {
        guard let index else { return nil }
        return self.live.withLock { $0.shards.indices.contains(index) ? $0.shards[index] : nil }
    }

    /// Drops negotiations that no transport claimed in time; call it about once a second.
    public func expireNegotiations() {
        self.registry.withLock { $0.expire(now: self.surroundings.now()) }
    }
}
