internal import ChatifyCore
internal import ChatifySignalR

// What a client is told before it comes with a transport (signalr.md §2).
extension ChatHub {
    /// Answers a negotiate request.
    ///
    /// - Parameters:
    ///   - version: The query item `negotiateVersion`, if there is one.
    ///   - useStatefulReconnect: The query item of that name, if there is one; leave it out if transports are not opened by
    ///     ``HubShard/open(_:as:framing:)``.
    ///   - bearerToken: The client's token, from the header or the query.
    ///   - claimedUser: The name the client gives, for development.
    /// - Returns: The JSON body of the 200 answer, which is also how a user with too many connections is refused: clients stop at
    ///   an error in it and show its text, where they would try one transport after the other, each refused for reasons unknown.
    /// - Throws: ``HubRejection`` with status 401, or 503 (too many connections).
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
        let (isFull, isFullForUser) = self.registry.withLock { ($0.isFull, $0.isFull(identity.userID)) }
        // Rather than be refused by one transport after the other.
        guard !isFull else { throw .tooMany }
        guard !isFullForUser else {
            return NegotiateResponse.failure(HubRejection.tooManyOfUser.reason).encoded()
        }
        let isStateful = request.useStatefulReconnect && self.offersStatefulReconnect
        let now = self.surroundings.now()
        self.registry.withLock {
            $0.negotiate(
                token: names.token,
                connectionID: connectionID,
                userID: identity.userID,
                isStateful: isStateful,
                deadline: now + self.configuration.negotiationLifetime,
                now: now
            )
        }
        return NegotiateResponse.success(
            version: request.version,
            identity: names,
            transports: self.transportOffers,
            useStatefulReconnect: isStateful
        ).encoded()
    }

    /// Drops negotiations that no transport claimed in time; call it about once a second.
    public func expireNegotiations() {
        self.registry.withLock { $0.expire(now: self.surroundings.now()) }
    }

    private var transportOffers: [TransportOffer] {
        let formats = self.configuration.protocols.map(\.transferFormat)
        return TransportOffer.all(of: self.configuration.transports, carrying: formats)
    }

    private var offersStatefulReconnect: Bool {
        self.configuration.statefulReconnect.isOffered && self.configuration.transports.contains(.webSockets)
    }
}
