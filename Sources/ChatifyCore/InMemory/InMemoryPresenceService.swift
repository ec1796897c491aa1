/// Presence in memory, of the connections that this process told it of.
///
/// Memory is bounded by the connections that were alive within the last three ``expiry``: a write that finds the last
/// sweep longer ago than ``expiry`` drops all that are dead. As every live connection writes at least once in that time,
/// a sweep costs a write no more than a constant on average.
public final class InMemoryPresenceService: PresenceService {
    fileprivate struct State {
        /// The last sign of life of each user's connections, by ``ChatClock/uptime``.
        var users: [UserID: [PresentConnection: Duration]] = [:]
        /// The last sign of life of each user who was told to be online and not yet to be offline.
        var online: [UserID: Duration] = [:]
        var lastSweep: Duration
    }

    /// How long a connection lives after its last sign of life.
    public let expiry: Duration
    private let clock: ChatClock
    private let state: Locked<State>

    /// Makes a service that knows nobody yet.
    public init(expiry: Duration = .seconds(60), clock: ChatClock) {
        self.expiry = expiry
        self.clock = clock
        self.state = Locked(State(lastSweep: clock.uptime()))
    }

    /// Adds or renews a connection.
    @discardableResult
    public func setOnline(_ connection: PresentConnection) async throws(ChatError) -> PresenceTransition? {
        self.renew(CollectionOfOne(connection)).first
    }

    /// Removes a connection.
    @discardableResult
    public func setOffline(_ connection: PresentConnection) async throws(ChatError) -> PresenceTransition? {
        let now = self.clock.uptime()
        return self.state.withLock { state in
            state.users[connection.userID]?[connection] = nil
            state.drop(connection.userID, seenBefore: now - self.expiry)
            guard state.users[connection.userID] == nil else { return nil }
            let seen = state.online.removeValue(forKey: connection.userID)
            guard let seen, seen > self.forgotten(at: now) else { return nil }
            return PresenceTransition(userID: connection.userID, isOnline: false)
        }
    }

    /// Renews connections, all at one moment.
    @discardableResult
    public func heartbeat(_ connections: [PresentConnection]) async throws(ChatError) -> [PresenceTransition] {
        self.renew(connections)
    }

    /// Takes users offline whose last connection has died; goes through all users.
    public func dropExpired(atMost limit: Int) async throws(ChatError) -> [PresenceTransition] {
        let now = self.clock.uptime()
        return self.state.withLock { state in
            let expired = state.online.filter { $0.value <= now - self.expiry && $0.value > self.forgotten(at: now) }
            return expired.keys.prefix(max(0, limit)).map { user in
                state.online[user] = nil
                state.users[user] = nil
                return PresenceTransition(userID: user, isOnline: false)
            }
        }
    }

    /// Counts the users who are online; goes through all of them.
    public func onlineUserCount() async throws(ChatError) -> Int {
        let deadline = self.deadOnes()
        return self.state.withLock { state in state.online.values.count { $0 > deadline } }
    }

    /// Returns the live connections of a user.
    public func connections(of user: UserID) async throws(ChatError) -> [PresentConnection] {
        let deadline = self.deadOnes()
        return self.state.withLock { state in
            state.users[user]?.filter { $0.value > deadline }.map(\.key) ?? []
        }
    }

    /// Returns those of the users who have live connections, all at one moment.
    public func onlineUsers(among users: [UserID]) async throws(ChatError) -> Set<UserID> {
        let deadline = self.deadOnes()
        return self.state.withLock { state in
            Set(users.filter { state.users[$0]?.values.contains { $0 > deadline } == true })
        }
    }

    /// Returns the pod of a live connection; the one that gave the latest sign of life if several pods name it.
    public func route(of user: UserID, connection: ConnectionID) async throws(ChatError) -> PodID? {
        let deadline = self.deadOnes()
        return self.state.withLock { state in
            state.users[user]?.filter { $0.value > deadline && $0.key.connectionID == connection }
                .max { $0.value < $1.value }?.key.podID
        }
    }

    /// The number of connections held, dead ones that are not swept yet included.
    package var heldCount: Int { self.state.withLock { $0.users.values.reduce(0) { $0 + $1.count } } }

    /// Connections whose last sign of life is no later than this are dead.
    private func deadOnes() -> Duration { self.clock.uptime() - self.expiry }

    /// Users whose last sign of life is no later than this are forgotten.
    private func forgotten(at now: Duration) -> Duration { now - self.expiry - self.expiry }

    private func renew(_ connections: some Collection<PresentConnection> & Sendable) -> [PresenceTransition] {
        let now = self.clock.uptime()
        return self.state.withLock { state in
            var transitions: [PresenceTransition] = []
            for connection in connections {
                state.users[connection.userID, default: [:]][connection] = now
                let seen = state.online.updateValue(now, forKey: connection.userID)
                if let seen, seen > self.forgotten(at: now) { continue }
                transitions.append(PresenceTransition(userID: connection.userID, isOnline: true))
            }
            guard now - state.lastSweep >= self.expiry else { return transitions }
            state.lastSweep = now
            for user in Array(state.users.keys) { state.drop(user, seenBefore: now - self.expiry) }
            state.online = state.online.filter { $0.value > self.forgotten(at: now) }
            return transitions
        }
    }
}

extension InMemoryPresenceService.State {
    /// Drops the connections of `user` that are dead, and the user with the last of them.
    fileprivate mutating func drop(_ user: UserID, seenBefore deadline: Duration) {
        guard var connections = self.users.removeValue(forKey: user) else { return }
        for (connection, seen) in connections where seen <= deadline { connections[connection] = nil }
        if !connections.isEmpty { self.users[user] = connections }
    }
}
