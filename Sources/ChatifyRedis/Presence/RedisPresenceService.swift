public import ChatifyCore

/// Presence that all pods on one Redis server share (contracts §6).
///
/// A call sends its commands in one go, each on one key. Between them another pod may look: a route is written before its
/// connection can be seen and removed after it, and who is online is decided by an index, `presence:online`, that both sides of a
/// race leave right. What a crash leaves half done expires.
public final class RedisPresenceService: PresenceService {
    /// The most connections renewed in one go.
    private static let batchSize = 512

    /// How long a connection lives after its last sign of life, whole seconds.
    public let expiry: Duration
    private let client: RedisClient
    private let seconds: String

    /// Makes a service over a client, which its owner runs; `expiry` is rounded up to whole seconds, at least one.
    public init(_ client: RedisClient, expiry: Duration = .seconds(60)) {
        let whole = expiry.wholeSecondsRoundedUp
        self.client = client
        self.expiry = .seconds(whole)
        self.seconds = "\(whole)"
    }

    /// Adds or renews a connection.
    @discardableResult
    public func setOnline(_ connection: PresentConnection) async throws(ChatError) -> PresenceTransition? {
        try await self.attempt("Adding a connection") { () async throws(RedisError) in
            try await self.renew([connection][...]).first
        }
    }

    /// Removes a connection.
    @discardableResult
    public func setOffline(_ connection: PresentConnection) async throws(ChatError) -> PresenceTransition? {
        try await self.attempt("Removing a connection") { () async throws(RedisError) in
            try await self.remove(connection)
        }
    }

    /// Renews connections, 512 at a time.
    @discardableResult
    public func heartbeat(_ connections: [PresentConnection]) async throws(ChatError) -> [PresenceTransition] {
        try await self.attempt("Renewing connections") { () async throws(RedisError) in
            var transitions: [PresenceTransition] = []
            for start in stride(from: 0, to: connections.count, by: Self.batchSize) {
                let batch = connections[start..<min(start + Self.batchSize, connections.count)]
                transitions += try await self.renew(batch)
            }
            return transitions
        }
    }

    /// Takes users offline whose last connection has died.
    public func dropExpired(atMost limit: Int) async throws(ChatError) -> [PresenceTransition] {
        guard limit > 0 else { return [] }
        return try await self.attempt("Looking for expired users") { () async throws(RedisError) in
            let step = PresenceScripts.dropExpired([PresenceKeys.online], [self.seconds, "\(limit)"])
            return try await self.client.run(step).array().compactMap { user in
                self.known(try? user.text()).flatMap { self.known(UserID(rawValue: $0)) }
                    .map { PresenceTransition(userID: $0, isOnline: false) }
            }
        }
    }

    /// Counts the users who are online, in logarithmic time.
    public func onlineUserCount() async throws(ChatError) -> Int {
        try await self.attempt("Counting users") { () async throws(RedisError) in
            let step = PresenceScripts.countOnline([PresenceKeys.online], [self.seconds])
            return Int(try await self.client.run(step).integer())
        }
    }

    /// Throws unless the server takes writes; changes nothing.
    public func checkWriting() async throws(ChatError) {
        try await self.attempt("A trial write") { () async throws(RedisError) in
            // Would change a member that is there, which an empty one never is. Refused like any write.
            let command = RedisCommand("ZADD", PresenceKeys.online, "XX", "0", "")
            _ = try await self.client.send(command).integer()
        }
    }

    /// Returns the live connections of a user.
    public func connections(of user: UserID) async throws(ChatError) -> [PresentConnection] {
        try await self.attempt("Looking up connections") { () async throws(RedisError) in
            let step = PresenceScripts.live([PresenceKeys.user(user)], [self.seconds])
            return try await self.client.run(step).array().compactMap { member in
                self.known(try? member.text()).flatMap { self.known(PresenceKeys.connection(of: user, member: $0)) }
            }
        }
    }

    /// Returns those of the users who have live connections, asking for 512 at a time.
    public func onlineUsers(among users: [UserID]) async throws(ChatError) -> Set<UserID> {
        try await self.attempt("Looking up users") { () async throws(RedisError) in
            var online: Set<UserID> = []
            for start in stride(from: 0, to: users.count, by: Self.batchSize) {
                let batch = users[start..<min(start + Self.batchSize, users.count)]
                let steps = batch.map { PresenceScripts.live([PresenceKeys.user($0)], [self.seconds]) }
                for (user, reply) in zip(batch, try await self.client.run(steps)) {
                    if try !reply.get().array().isEmpty { online.insert(user) }
                }
            }
            return online
        }
    }

    /// Returns the pod of a live connection; the one that gave the latest sign of life if several pods name it.
    public func route(of user: UserID, connection: ConnectionID) async throws(ChatError) -> PodID? {
        try await self.attempt("Looking up a route") { () async throws(RedisError) in
            let reply = try await self.client.send(RedisCommand("GET", PresenceKeys.route(user, connection)))
            return try reply.text().flatMap { self.known(PodID(rawValue: $0)) }
        }
    }
}

extension RedisPresenceService {
    private func renew(_ connections: ArraySlice<PresentConnection>) async throws(RedisError) -> [PresenceTransition] {
        let users = Dictionary(grouping: connections, by: \.userID)
        var steps: [RedisStep] = connections.map { connection in
            let key = PresenceKeys.route(connection.userID, connection.connectionID)
            return .command(RedisCommand("SET", key, connection.podID.rawValue, "EX", self.seconds))
        }
        for (user, connections) in users {
            let members = connections.map { PresenceKeys.member($0) }
            steps.append(PresenceScripts.renew([PresenceKeys.user(user)], [self.seconds] + members))
        }
        let names = Array(users.keys)
        steps.append(PresenceScripts.markOnline([PresenceKeys.online], [self.seconds] + names.map(\.rawValue)))
        let replies = try await self.client.run(steps)
        for reply in replies { _ = try reply.get() }
        let came = try replies[replies.count - 1].integers(names.count)
        return zip(names, came).compactMap { user, came in
            came == 1 ? PresenceTransition(userID: user, isOnline: true) : nil
        }
    }

    private func remove(_ connection: PresentConnection) async throws(RedisError) -> PresenceTransition? {
        let user = connection.userID
        let replies = try await self.client.run([
            PresenceScripts.remove([PresenceKeys.user(user)], [self.seconds, PresenceKeys.member(connection)]),
            PresenceScripts.removeRoute(
                [PresenceKeys.route(user, connection.connectionID)],
                [connection.podID.rawValue]
            ),
        ])
        let left = try replies[0].integers(3)
        _ = try replies[1].integer()
        guard left[0] == 0 else { return nil }
        let step = PresenceScripts.markOffline([PresenceKeys.online], [user.rawValue, "\(left[1])", "\(left[2])"])
        let went = try await self.client.run(step).integer()
        return went == 1 ? PresenceTransition(userID: user, isOnline: false) : nil
    }

    /// Counts what is not ours to read, which is then left out.
    private func known<Value>(_ value: Value?) -> Value? {
        if value == nil { _ = self.client.noted(RedisError(.unexpectedReply, "a member or value is not Chatify's")) }
        return value
    }

    private func attempt<Value>(
        _ what: String,
        _ body: () async throws(RedisError) -> Value
    ) async throws(ChatError) -> Value {
        do {
            return try await body()
        } catch {
            throw self.client.noted(error).chatError(during: what)
        }
    }
}
