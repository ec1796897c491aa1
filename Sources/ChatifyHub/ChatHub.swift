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
    let protocols: [any HubProtocol] = [JSONHubProtocol()]
    let transferFormats: [TransferFormat] = [.text, .binary]
    let encodings = EncodingTable()
    let metrics = HubMetrics()
    let logger: Logger
    let surroundings: HubSurroundings
    private let authenticator: any Authenticator
    private let registry: Locked<ConnectionRegistry>
    let replaySource: (any ReplaySource)?
    let live: Locked<LiveDelivery>

    /// Makes a hub over the chat and the adapters a hub needs beside it.
    /// - Parameter replaySource: Where clients that resume find what the hub does not hold in memory any more; `nil`, the default, for
    ///   nowhere.
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
            live.shards.append(Confined(shard, to: executor))
            return shard
        }
    }

    /// Returns when all comings and goings so far have been reported to the presence service, or have failed to be.
    public func presenceIsReported() async {
        for shard in self.live.withLock({ $0.shards }) {
            let reporting = Task(executorPreference: shard.executor) { await shard.value.presenceIsReported() }
            await reporting.value
        }
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
    ///   - bearerToken: The client's token, from the header or the query.
    ///   - claimedUser: The name the client gives, for development.
    /// - Returns: The JSON body of the 200 answer.
    /// - Throws: ``HubRejection`` with status 401, or 503 when too many negotiated connections wait for a transport.
    public func negotiate(
        version: String?,
        bearerToken: String?,
        claimedUser: String?
    ) async throws(HubRejection) -> [UInt8] {
        let request: NegotiateRequest
        do {
            request = try NegotiateRequest(negotiateVersion: version)
        } catch {
            return NegotiateResponse.failure(error.text).encoded()
        }
        let names = self.surroundings.names(request.version)
        let connectionID = ConnectionID(unchecked: names.id)
        let identity = try await self.identify(bearerToken, claimedUser, as: connectionID)
        let now = self.surroundings.now()
        let isKept = self.registry.withLock {
            $0.negotiate(
                token: names.token,
                connectionID: connectionID,
                userID: identity.userID,
                deadline: now + self.configuration.negotiationLifetime,
                now: now
            )
        }
        guard isKept else { throw HubRejection(503, "Too many connections are being negotiated.") }
        return NegotiateResponse.success(
            version: request.version,
            identity: names,
            transports: [.webSockets(.text)]
        ).encoded()
    }

    /// Lets a transport in: with the token of a negotiated connection, or with none for a new connection.
    ///
    /// - Throws: ``HubRejection`` with status 401, 403 (another user's token), 404 (unknown), 409 (in use) or 429 (too many
    ///   connections of this user).
    public func attach(
        token: String?,
        bearerToken: String?,
        claimedUser: String?
    ) async throws(HubRejection) -> HubAdmission {
        guard let token else { return try await self.open(bearerToken, claimedUser) }
        let known = self.registry.withLock { ($0.connectionID(negotiatedAs: token), $0.isInUse(token)) }
        guard let connectionID = known.0 else {
            throw known.1 ? .alreadyInUse : .unknownConnection
        }
        let identity = try await self.identify(bearerToken, claimedUser, as: connectionID)
        switch self.registry.withLock({ $0.claim(token: token, by: identity.userID, now: self.surroundings.now()) }) {
        case .granted(let id): return HubAdmission(connectionID: id, identity: identity, token: token)
        case .unknown: throw .unknownConnection
        case .alreadyInUse: throw .alreadyInUse
        case .otherUser: throw .otherUser
        case .tooManyOfUser: throw .tooManyOfUser
        }
    }

    private func open(_ bearerToken: String?, _ claimedUser: String?) async throws(HubRejection) -> HubAdmission {
        let names = self.surroundings.names(1)
        let connectionID = ConnectionID(unchecked: names.id)
        let identity = try await self.identify(bearerToken, claimedUser, as: connectionID)
        guard self.registry.withLock({ $0.open(token: names.token, by: identity.userID) }) else {
            throw .tooManyOfUser
        }
        return HubAdmission(connectionID: connectionID, identity: identity, token: names.token)
    }

    private func identify(
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
        self.registry.withLock { $0.release(token: admission.token) }
    }

    /// Whether a token is that of an open connection.
    public func isInUse(token: String) -> Bool { self.registry.withLock { $0.isInUse(token) } }

    /// Drops negotiations that no transport claimed in time; call it about once a second.
    public func expireNegotiations() {
        self.registry.withLock { $0.expire(now: self.surroundings.now()) }
    }
}
