internal import ChatifyCore
internal import ChatifySignalR

// Who gets in, by which transport, and as whom (signalr.md §3).
extension ChatHub {
    /// Lets a WebSocket in, or what the embedder has in its place: with the token of a negotiated connection, or with none
    /// for a new connection.
    ///
    /// - Parameters:
    ///   - token: The query item `id`, if there is one.
    ///   - bearerToken: The client's token, from the header or the query.
    ///   - claimedUser: The name the client gives, for development.
    /// - Throws: ``HubRejection`` with status 400 (another transport has it), 401, 403 (another user's token), 404 (unknown,
    ///   or the hub serves no WebSockets), 409 (in use) or 429 (too many connections of this user).
    public func attach(
        token: String?,
        bearerToken: String?,
        claimedUser: String?
    ) async throws(HubRejection) -> HubAdmission {
        try self.demand(.webSockets)
        guard let token else { return try await self.open(bearerToken, claimedUser) }
        return try await self.attach(token, bearerToken, claimedUser, at: .webSocket)
    }

    /// Gives back an admission whose transport could not be opened.
    public func release(_ admission: HubAdmission) {
        // One for a connection that is open already leaves that as it is.
        guard admission.reattachment == nil else { return }
        self.registry.withLock { $0.release(token: admission.token) }
    }

    /// Forgets the token of a connection that polled, now that nothing is left to be fetched.
    func forget(_ admission: HubAdmission) {
        self.registry.withLock { $0.forget(token: admission.token) }
    }

    /// Throws if the hub does not serve this transport.
    func demand(_ transport: HubTransportKind) throws(HubRejection) {
        guard self.configuration.transports.contains(transport) else { throw .notServed(transport) }
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
        let now = self.surroundings.now()
        switch self.registry.withLock({ $0.claim(token: token, by: identity.userID, at: home, now: now) }) {
        case .granted(let connection): return HubAdmission(to: connection, as: identity, token: token)
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
        var admission = HubAdmission(to: connection, as: identity, token: token)
        admission.reattachment = HubAdmission.Reattachment(home: home, number: number)
        return admission
    }

    /// Lets a client in that skipped negotiation.
    private func open(_ bearerToken: String?, _ claimedUser: String?) async throws(HubRejection) -> HubAdmission {
        let names = self.surroundings.names(1)
        let connectionID = ConnectionID(unchecked: names.id)
        let identity = try await self.identify(bearerToken, claimedUser, as: connectionID)
        let connection = OpenConnection(connectionID: connectionID, userID: identity.userID, home: .webSocket)
        guard self.registry.withLock({ $0.open(token: names.token, connection) }) else { throw .tooManyOfUser }
        return HubAdmission(to: connection, as: identity, token: names.token)
    }

    /// Finds out who asks.
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
}
