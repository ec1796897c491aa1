internal import ChatifyCore
internal import ChatifySignalR

// Server-sent events and long polling, whose connections are the subject of many requests (signalr.md §3 and §4).
//
// Requests come in on any shard; a connection lives on the shard that opened it, and requests about it go there and back.
// Only the user who negotiated a connection gets there. Call these on the shard of the loop that read the request.
extension HubShard {
    /// Lets a stream of server-sent events in; the connection will live on this shard.
    ///
    /// - Throws: ``HubRejection`` with status 400 (no id, or another transport has it), 401, 403 (another user's token),
    ///   404 (unknown, or the hub serves no such streams), 409 (in use), 429 (too many connections of this user) or 503
    ///   (too many connections).
    public func attachEventStream(
        token: String?,
        bearerToken: String?,
        claimedUser: String?
    ) async throws(HubRejection) -> HubAdmission {
        try self.hub.demand(.serverSentEvents)
        guard let token else { throw .idRequired }
        let home = ConnectionHome(transport: .serverSentEvents, shard: self.index)
        return try await self.hub.attach(token, bearerToken, claimedUser, at: home)
    }

    /// Lets a poll in, which is answered when there is something to say or it has waited long enough.
    ///
    /// - Throws: ``HubRejection`` with status 400 (no id, or another transport has it), 401, 403 (another user's token),
    ///   404 (unknown, or the hub serves no long polling), 429 (too many connections of this user) or 503 (too many connections).
    public func admitPoll(
        token: String?,
        bearerToken: String?,
        claimedUser: String?
    ) async throws(HubRejection) -> LongPoll {
        try self.hub.demand(.longPolling)
        let (id, home) = try await self.find(token, bearerToken, claimedUser)
        guard home.transport == .longPolling else { throw .transportChange }
        guard let shard = self.hub.shard(home.shard) else { throw .unknownConnection }
        return LongPoll(home: shard, connection: id, caller: self.executor)
    }

    /// Answers a poll, when there is something to say or it has waited long enough.
    ///
    /// Cancel the task when the client has gone: what waits for it is then kept for its next poll. A task that waits for so
    /// long takes some 8 KB of memory; ``admitPoll(token:bearerToken:claimedUser:)`` needs none.
    /// - Throws: ``HubRejection`` with status 400 (no id, or another transport has it), 401, 403 (another user's token),
    ///   404 (unknown, or the hub serves no long polling), 429 (too many connections of this user) or 503 (too many connections).
    public func poll(
        token: String?,
        bearerToken: String?,
        claimedUser: String?
    ) async throws(HubRejection) -> LongPollAnswer {
        let admitted = try await self.admitPoll(token: token, bearerToken: bearerToken, claimedUser: claimedUser)
        let poll = Confined(admitted, to: self.executor)
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                poll.value.begin { continuation.resume(returning: $0) }
            }
        } onCancel: {
            // Even if this runs before the poll has begun, what it starts comes after.
            Task(executorPreference: poll.executor) { poll.value.cancel() }
        }
    }

    /// Takes data of a client, whole or split anywhere; the data of several requests in the order in which they came.
    ///
    /// Returns when the data is taken, which is later while the client is ahead of its answers.
    /// - Throws: ``HubRejection`` with status 400 (no id), 401, 403 (another user's token), 404 (unknown or ended, or it has no
    ///   transport yet and the hub serves no long polling), 405 (a WebSocket), 429 (too many requests wait, or too many
    ///   connections of this user) or 503 (too many connections).
    public func post(
        _ body: [UInt8],
        token: String?,
        bearerToken: String?,
        claimedUser: String?
    ) async throws(HubRejection) {
        let (id, home) = try await self.find(token, bearerToken, claimedUser)
        guard home.transport != .webSockets else { throw .takesNoPost }
        let outcome = await self.hub.shard(home.shard)?.run { await $0.connections[id]?.post(body) }
        switch outcome ?? .gone {
        case .taken: break
        case .gone: throw .unknownConnection
        case .tooMany: throw .tooManyPosts
        }
    }

    /// Ends a long-polling connection; what its client has not fetched is dropped.
    ///
    /// - Throws: ``HubRejection`` with status 400 (no id, or no such connection), 401, 403 (another user's token) or 404
    ///   (unknown).
    public func end(token: String?, bearerToken: String?, claimedUser: String?) async throws(HubRejection) {
        guard let token else { throw .idRequired }
        switch self.hub.registry.withLock({ $0.standing(of: token) }) {
        case .unknown: throw .unknownConnection
        case .negotiated: throw .notPolled
        case .open: break
        }
        let (id, home) = try await self.find(token, bearerToken, claimedUser)
        guard home.transport == .longPolling else { throw .notPolled }
        let wasThere = await self.hub.shard(home.shard)?.run { shard in
            let transport = shard.polled[id]
            transport?.delete()
            return transport != nil
        }
        guard wasThere == true else { throw .unknownConnection }
    }

    /// Finds the connection of a token for its user; one that waits for a transport becomes a long-polling connection of
    /// this shard, because a client that polls may send before its first poll.
    private func find(
        _ token: String?,
        _ bearerToken: String?,
        _ claimedUser: String?
    ) async throws(HubRejection) -> (ConnectionID, ConnectionHome) {
        guard let token else { throw .idRequired }
        switch self.hub.registry.withLock({ $0.standing(of: token) }) {
        case .unknown: throw .unknownConnection
        case .negotiated(let id):
            try self.hub.demand(.longPolling)
            let identity = try await self.hub.identify(bearerToken, claimedUser, as: id)
            return try self.open(token, by: identity)
        case .open(let connection):
            let identity = try await self.hub.identify(bearerToken, claimedUser, as: connection.connectionID)
            guard identity.userID == connection.userID else { throw .otherUser }
            return (connection.connectionID, connection.home)
        }
    }

    private func open(_ token: String, by identity: Identity) throws(HubRejection) -> (ConnectionID, ConnectionHome) {
        self.executor.preconditionIsolated()
        let home = ConnectionHome(transport: .longPolling, shard: self.index)
        do throws(HubRejection) {
            // Nothing may come between these two: another shard that finds the token taken expects the transport here.
            let admission = try self.hub.claim(token, by: identity, at: home)
            _ = LongPollingTransport(shard: self, admission: admission)
            return (admission.connectionID, home)
        } catch HubRejection.alreadyInUse {
            // Another request of the same client was faster.
            guard case .open(let other) = self.hub.registry.withLock({ $0.standing(of: token) }) else {
                throw .unknownConnection
            }
            guard other.userID == identity.userID else { throw .otherUser }
            return (other.connectionID, other.home)
        }
    }
}
