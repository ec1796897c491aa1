public import ChatifyCore

/// A law of the `PresenceService` port.
public typealias PresenceServiceCheck = ConformanceCheck<PresenceServiceSubject>

/// A presence service under test, which knows nobody.
///
/// A short expiry makes checks short that require ``ConformanceNeed/time``, where time is real. The others want a long one, so that nobody
/// dies meanwhile.
public typealias PresenceServiceSubject = ExpiringSubject<any PresenceService>

extension PresentConnection {
    /// A connection by plain names, for tests.
    package init(_ user: String, _ connection: String, pod: String = "pod-1") {
        self.init(
            userID: UserID(unchecked: user),
            connectionID: ConnectionID(unchecked: connection),
            podID: PodID(unchecked: pod)
        )
    }
}

extension PresenceTransition {
    static func online(_ user: String) -> PresenceTransition {
        PresenceTransition(userID: UserID(unchecked: user), isOnline: true)
    }

    static func offline(_ user: String) -> PresenceTransition {
        PresenceTransition(userID: UserID(unchecked: user), isOnline: false)
    }
}

extension PresenceServiceSubject {
    /// Lets all that was not renewed die.
    func waitForDeath() async throws {
        try await self.pass(self.adapter.expiry + .milliseconds(1100))
    }
}

extension PresenceService {
    /// The names of a user's connections, sorted.
    func names(_ user: String) async throws -> [String] {
        try await self.connections(of: UserID(unchecked: user)).map(\.connectionID.rawValue).sorted()
    }

    /// The pod that a connection is on.
    func route(_ user: String, _ connection: String) async throws -> String? {
        let connection = ConnectionID(unchecked: connection)
        return try await self.route(of: UserID(unchecked: user), connection: connection)?.rawValue
    }
}
