import ChatifyCore
import ChatifyTestKit

/// A presence in memory, some of whose functions do something else.
struct BrokenPresence: PresenceService {
    let expiry: Duration
    var onSetOnline: @Sendable (PresentConnection) async throws(ChatError) -> PresenceTransition?
    var onSetOffline: @Sendable (PresentConnection) async throws(ChatError) -> PresenceTransition?
    var onHeartbeat: @Sendable ([PresentConnection]) async throws(ChatError) -> [PresenceTransition]
    var onDropExpired: @Sendable (Int) async throws(ChatError) -> [PresenceTransition]
    var onCount: @Sendable () async throws(ChatError) -> Int
    var onAsking: @Sendable ([UserID]) async throws(ChatError) -> Set<UserID>
    var onRoute: @Sendable (UserID, ConnectionID) async throws(ChatError) -> PodID?
    private let base: InMemoryPresenceService

    init(_ base: InMemoryPresenceService, expiry: Duration) {
        self.expiry = expiry
        self.base = base
        self.onSetOnline = { (connection) async throws(ChatError) in try await base.setOnline(connection) }
        self.onSetOffline = { (connection) async throws(ChatError) in try await base.setOffline(connection) }
        self.onHeartbeat = { (connections) async throws(ChatError) in try await base.heartbeat(connections) }
        self.onDropExpired = { (limit) async throws(ChatError) in try await base.dropExpired(atMost: limit) }
        self.onCount = { () async throws(ChatError) in try await base.onlineUserCount() }
        self.onAsking = { (users) async throws(ChatError) in try await base.onlineUsers(among: users) }
        self.onRoute = { (user, connection) async throws(ChatError) in
            try await base.route(of: user, connection: connection)
        }
    }

    func setOnline(_ connection: PresentConnection) async throws(ChatError) -> PresenceTransition? {
        try await self.onSetOnline(connection)
    }

    func setOffline(_ connection: PresentConnection) async throws(ChatError) -> PresenceTransition? {
        try await self.onSetOffline(connection)
    }

    func heartbeat(_ connections: [PresentConnection]) async throws(ChatError) -> [PresenceTransition] {
        try await self.onHeartbeat(connections)
    }

    func dropExpired(atMost limit: Int) async throws(ChatError) -> [PresenceTransition] {
        try await self.onDropExpired(limit)
    }

    func onlineUserCount() async throws(ChatError) -> Int { try await self.onCount() }

    func connections(of user: UserID) async throws(ChatError) -> [PresentConnection] {
        try await self.base.connections(of: user)
    }

    func onlineUsers(among users: [UserID]) async throws(ChatError) -> Set<UserID> { try await self.onAsking(users) }

    func route(of user: UserID, connection: ConnectionID) async throws(ChatError) -> PodID? {
        try await self.onRoute(user, connection)
    }
}

extension Sabotage where Subject == PresenceServiceSubject {
    /// A subject whose service was tampered with; `life` is how long its connections really live.
    init(
        _ check: PresenceServiceCheck,
        caughtWith words: String,
        life: Duration = .seconds(60),
        tampering tamper: @escaping @Sendable (inout BrokenPresence, InMemoryPresenceService) -> Void = { _, _ in }
    ) {
        self.init(check, caughtWith: words) {
            let clock = ManualClock()
            let base = InMemoryPresenceService(expiry: life, clock: clock.chatClock)
            var service = BrokenPresence(base, expiry: .seconds(60))
            tamper(&service, base)
            return PresenceServiceSubject(
                service,
                wait: { clock.advance(by: $0) },
                another: { InMemoryPresenceService(clock: clock.chatClock) }
            )
        }
    }

    static let all: [Sabotage] = Self.connections + Self.asking + Self.death

    private static let connections: [Sabotage] = [
        Sabotage(.connectionsAreListed, caughtWith: "took the wrong connections") { service, _ in
            service.onSetOffline = { (_) async throws(ChatError) in nil }
        },
        Sabotage(.routesFollowConnections, caughtWith: "not that of the latest pod") { service, base in
            // The first pod stays, whoever comes after it.
            service.onRoute = { (user, connection) async throws(ChatError) in
                try await base.connections(of: user).filter { $0.connectionID == connection }
                    .map(\.podID).min { $0.rawValue < $1.rawValue }
            }
        },
        Sabotage(.firstAndLastAreTold, caughtWith: "came again was told") { service, base in
            service.onSetOnline = { (connection) async throws(ChatError) in
                try await base.setOnline(connection)
                return PresenceTransition(userID: connection.userID, isOnline: true)
            }
        },
        Sabotage(.usersAreCounted, caughtWith: "Not each user was counted once") { service, base in
            service.onCount = { () async throws(ChatError) in base.heldCount }
        },
        Sabotage(.anyIDIsItself, caughtWith: "taken for another") { service, base in
            let lookalikes = Lookalikes()
            service.onHeartbeat = { (connections) async throws(ChatError) in
                try await base.heartbeat(
                    connections.map {
                        PresentConnection(
                            lookalikes($0.userID.rawValue),
                            $0.connectionID.rawValue,
                            pod: $0.podID.rawValue
                        )
                    }
                )
            }
        },
        Sabotage(.ofManyAtOnceOneComesAndOneGoes, caughtWith: "came at once not exactly one was told") {
            service,
            base in
            // As if two had looked before either came.
            let counter = Counter()
            service.onSetOnline = { (connection) async throws(ChatError) in
                try await base.setOnline(connection)
                return counter.isOneOf(50) ? PresenceTransition(userID: connection.userID, isOnline: true) : nil
            }
        },
        Sabotage(.podsShareOnePresence, caughtWith: "Two pods each told"),
    ]

    private static let death: [Sabotage] = [
        Sabotage(.connectionsLiveUntilTheirExpiry, caughtWith: "died before its expiry", life: .seconds(10)),
        Sabotage(.connectionsLiveUntilTheirExpiry, caughtWith: "outlived its expiry", life: .seconds(90)),
        Sabotage(.theDeadVanishBesideTheLiving, caughtWith: "listed beside a live one") { service, base in
            // The key's own expiry keeps all that is in it.
            service.onHeartbeat = { (connections) async throws(ChatError) in
                for connection in connections {
                    for other in try await base.connections(of: connection.userID) { try await base.setOnline(other) }
                }
                return try await base.heartbeat(connections)
            }
        },
        Sabotage(.aHeartbeatRevives, caughtWith: "heartbeat of the dead was not told") { service, base in
            service.onHeartbeat = { (connections) async throws(ChatError) in
                var living: [PresentConnection] = []
                for connection in connections
                where try await base.connections(of: connection.userID).contains(connection) {
                    living.append(connection)
                }
                return try await base.heartbeat(living)
            }
        },
        Sabotage(.aCrashedPodIsFound, caughtWith: "not told exactly once") { service, base in
            let told = Locked([PresenceTransition]())
            service.onDropExpired = { (limit) async throws(ChatError) in
                let found = try await base.dropExpired(atMost: limit)
                return told.withLock { told in
                    told += found
                    return told
                }
            }
        },
        Sabotage(.expiredOnesAreTakenByPortions, caughtWith: "portion of none") { service, base in
            service.onDropExpired = { (_) async throws(ChatError) in try await base.dropExpired(atMost: .max) }
        },
        Sabotage(.theForgottenComeAnew, caughtWith: "did not come anew") { service, base in
            let known = Locked(Set<UserID>())
            service.onSetOnline = { (connection) async throws(ChatError) in
                let transition = try await base.setOnline(connection)
                return known.withLock { $0.insert(connection.userID).inserted } ? transition : nil
            }
        },
        Sabotage(.theDeadAreNotCounted, caughtWith: "whose connections had died") { service, base in
            let known = Locked(Set<UserID>())
            service.onSetOnline = { (connection) async throws(ChatError) in
                _ = known.withLock { $0.insert(connection.userID) }
                return try await base.setOnline(connection)
            }
            service.onCount = { () async throws(ChatError) in known.withLock { $0.count } }
        },
    ]
}
