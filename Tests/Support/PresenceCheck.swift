package import ChatifyCore

/// A presence service under test and a way to let time pass: real or not.
package struct PresenceRig: Sendable {
    package let service: any PresenceService
    package let wait: @Sendable (Duration) async throws -> Void

    package init(service: any PresenceService, wait: @escaping @Sendable (Duration) async throws -> Void) {
        self.service = service
        self.wait = wait
    }
}

/// A law of the ``PresenceService`` port, which every adapter has to keep.
package struct PresenceCheck: Sendable, CustomStringConvertible {
    package let description: String
    /// Whether the check waits for connections to die, so that a short expiry makes it short; the others want a long one.
    package let isAboutDeath: Bool
    package let run: @Sendable (PresenceRig) async throws -> Void

    private init(
        _ description: String,
        isAboutDeath: Bool = false,
        _ run: @escaping @Sendable (PresenceRig) async throws -> Void
    ) {
        self.description = description
        self.isAboutDeath = isAboutDeath
        self.run = run
    }

    package static let all: [PresenceCheck] = [
        .connectionsAreListed, .routesFollowConnections, .firstAndLastAreTold, .theDeadVanishBesideTheLiving,
        .aHeartbeatRevives, .aCrashedPodIsFound, .expiredOnesAreTakenByPortions, .theForgottenComeAnew,
        .usersAreCounted,
        .anyIDIsItself, .ofManyAtOnceOneComesAndOneGoes,
    ]
}

extension PresentConnection {
    package init(_ user: String, _ connection: String, pod: String = "pod-1") {
        self.init(
            userID: UserID(unchecked: user),
            connectionID: ConnectionID(unchecked: connection),
            podID: PodID(unchecked: pod)
        )
    }
}

extension PresenceTransition {
    fileprivate static func online(_ user: String) -> PresenceTransition {
        PresenceTransition(userID: UserID(unchecked: user), isOnline: true)
    }

    fileprivate static func offline(_ user: String) -> PresenceTransition {
        PresenceTransition(userID: UserID(unchecked: user), isOnline: false)
    }
}

extension PresenceRig {
    fileprivate func names(_ user: String) async throws -> [String] {
        try await self.service.connections(of: UserID(unchecked: user)).map(\.connectionID.rawValue).sorted()
    }

    fileprivate func route(_ user: String, _ connection: String) async throws -> String? {
        let connection = ConnectionID(unchecked: connection)
        return try await self.service.route(of: UserID(unchecked: user), connection: connection)?.rawValue
    }

    /// Lets all that was not renewed die.
    fileprivate func waitForDeath() async throws {
        try await self.wait(self.service.expiry + .milliseconds(1100))
    }
}

extension PresenceCheck {
    private static let connectionsAreListed = PresenceCheck("connections are listed until they are removed") { rig in
        try demand(try await rig.names("alice"), is: [], "nobody")
        try await rig.service.setOnline(PresentConnection("alice", "c1"))
        try await rig.service.setOnline(PresentConnection("alice", "c2", pod: "pod-2"))
        try await rig.service.setOnline(PresentConnection("bob", "c3"))
        let listed = Set(try await rig.service.connections(of: UserID(unchecked: "alice")))
        let expected: Set = [PresentConnection("alice", "c1"), PresentConnection("alice", "c2", pod: "pod-2")]
        try demand(listed, is: expected, "both")
        try await rig.service.setOffline(PresentConnection("alice", "c1"))
        try await rig.service.setOffline(PresentConnection("alice", "c1"))
        try await rig.service.setOffline(PresentConnection("nobody", "c9"))
        try demand(try await rig.names("alice"), is: ["c2"], "one")
        try demand(try await rig.names("bob"), is: ["c3"], "the other")
    }

    private static let routesFollowConnections = PresenceCheck("routes follow connections") { rig in
        try demand(try await rig.route("alice", "c1"), is: nil, "before")
        try await rig.service.setOnline(PresentConnection("alice", "c1"))
        try demand(try await rig.route("alice", "c1"), is: "pod-1", "online")
        try demand(try await rig.route("bob", "c1"), is: nil, "another user")
        try await rig.wait(.milliseconds(10))
        try await rig.service.setOnline(PresentConnection("alice", "c1", pod: "pod-2"))
        try demand(try await rig.route("alice", "c1"), is: "pod-2", "the latest pod")
        try await rig.service.setOffline(PresentConnection("alice", "c1"))
        try demand(try await rig.route("alice", "c1"), is: "pod-2", "the old pod's farewell")
        try await rig.service.setOffline(PresentConnection("alice", "c1", pod: "pod-2"))
        try demand(try await rig.route("alice", "c1"), is: nil, "offline")
    }

    private static let firstAndLastAreTold = PresenceCheck("the first connection and the last one gone are told") {
        rig in
        let (first, second) = (PresentConnection("alice", "c1"), PresentConnection("alice", "c2", pod: "pod-2"))
        for round in 1...2 {
            try demand(try await rig.service.setOnline(first), is: .online("alice"), "first, round \(round)")
            try demand(try await rig.service.setOnline(first), is: nil, "first again")
            try demand(try await rig.service.setOnline(second), is: nil, "second")
            try demand(try await rig.service.heartbeat([first, second]), is: [], "heartbeat")
            try demand(try await rig.service.setOffline(first), is: nil, "one is left")
            try demand(try await rig.service.setOffline(second), is: .offline("alice"), "last, round \(round)")
            try demand(try await rig.service.setOffline(second), is: nil, "last again")
        }
    }

    private static let theDeadVanishBesideTheLiving = PresenceCheck(
        "a crashed pod's connections vanish beside live ones",
        isAboutDeath: true
    ) { rig in
        let (crashed, living) = (PresentConnection("alice", "c1"), PresentConnection("alice", "c2", pod: "pod-2"))
        try await rig.service.setOnline(crashed)
        for _ in 0..<4 {
            try await rig.service.heartbeat([living])
            try await rig.wait((rig.service.expiry + .milliseconds(1100)) / 4)
        }
        try demand(try await rig.names("alice"), is: ["c2"], "connections")
        try demand(try await rig.route("alice", "c1"), is: nil, "the dead one's route")
        try demand(try await rig.route("alice", "c2"), is: "pod-2", "the living one's route")
        try demand(try await rig.service.dropExpired(atMost: 10), is: [], "expired users")
        try demand(try await rig.service.setOffline(living), is: .offline("alice"), "last")
    }

    private static let aHeartbeatRevives = PresenceCheck("a heartbeat adds what had died", isAboutDeath: true) { rig in
        let connection = PresentConnection("alice", "c1")
        try await rig.service.setOnline(connection)
        try await rig.waitForDeath()
        try demand(try await rig.names("alice"), is: [], "dead")
        try demand(try await rig.service.dropExpired(atMost: 10), is: [.offline("alice")], "expired")
        try demand(try await rig.service.heartbeat([connection]), is: [.online("alice")], "revived")
        try demand(try await rig.names("alice"), is: ["c1"], "alive")
        try demand(try await rig.route("alice", "c1"), is: "pod-1", "route")
        try demand(try await rig.service.heartbeat([]), is: [], "nobody")
    }

    private static let aCrashedPodIsFound = PresenceCheck("a crashed pod's users are told once", isAboutDeath: true) {
        rig in
        try await rig.service.setOnline(PresentConnection("alice", "c1"))
        try demand(try await rig.service.dropExpired(atMost: 10), is: [], "too early")
        try await rig.waitForDeath()
        let told = try await withThrowingTaskGroup(of: [PresenceTransition].self) { tasks in
            for _ in 0..<8 { tasks.addTask { try await rig.service.dropExpired(atMost: 10) } }
            return try await tasks.reduce(into: []) { $0 += $1 }
        }
        try demand(told, is: [.offline("alice")], "told")
        try demand(try await rig.service.setOffline(PresentConnection("alice", "c1")), is: nil, "late farewell")
    }

    private static let expiredOnesAreTakenByPortions = PresenceCheck(
        "expired users are taken by portions",
        isAboutDeath: true
    ) { rig in
        for number in 0..<5 { try await rig.service.setOnline(PresentConnection("user-\(number)", "c\(number)")) }
        try await rig.waitForDeath()
        try demand(try await rig.service.dropExpired(atMost: 0), is: [], "none")
        var told: [PresenceTransition] = []
        for expected in [2, 2, 1, 0] {
            let portion = try await rig.service.dropExpired(atMost: 2)
            try demand(portion.count, is: expected, "portion")
            told += portion
        }
        try demand(Set(told), is: Set((0..<5).map { .offline("user-\($0)") }), "told")
    }

    private static let theForgottenComeAnew = PresenceCheck(
        "who was dead long enough to be forgotten comes anew",
        isAboutDeath: true
    ) {
        rig in
        let connection = PresentConnection("alice", "c1")
        try await rig.service.setOnline(connection)
        try await rig.wait(rig.service.expiry * 2 + .milliseconds(2200))
        try demand(try await rig.service.setOnline(connection), is: .online("alice"), "online")
    }

    private static let usersAreCounted = PresenceCheck("users are counted once each while alive", isAboutDeath: true) {
        rig in
        try demand(try await rig.service.onlineUserCount(), is: 0, "nobody")
        for number in 0..<20 {
            try await rig.service.setOnline(PresentConnection("user-\(number / 2)", "c\(number)"))
        }
        try demand(try await rig.service.onlineUserCount(), is: 10, "online")
        for number in 0..<5 { try await rig.service.setOffline(PresentConnection("user-\(number / 2)", "c\(number)")) }
        try demand(try await rig.service.onlineUserCount(), is: 8, "some left")
        try await rig.waitForDeath()
        try demand(try await rig.service.onlineUserCount(), is: 0, "dead")
    }

    private static let anyIDIsItself = PresenceCheck("any id is itself") { rig in
        let users = [
            "a", "a:b", "a:b:c", "{a}", "{}", "}{", "a b", "a\nb", "a\r\nb", "a\u{0}b", "*", "\u{212A}", "K", "å",
            "a\u{30A}",
            "\u{1F468}\u{200D}\u{1F469}", String(repeating: "\u{1F600}", count: 128),
        ]
        let connections = users.enumerated().map { number, user in
            PresentConnection(user, "c \(number) {\"}", pod: "pod:\(number):{x}")
        }
        try demand(Set(try await rig.service.heartbeat(connections)), is: Set(users.map { .online($0) }), "came")
        for connection in connections {
            let listed = try await rig.service.connections(of: connection.userID)
            try demand(listed, is: [connection], "connections")
            let route = try await rig.service.route(of: connection.userID, connection: connection.connectionID)
            try demand(route, is: connection.podID, "route")
        }
        for connection in connections {
            let transition = try await rig.service.setOffline(connection)
            try demand(transition, is: PresenceTransition(userID: connection.userID, isOnline: false), "went")
        }
    }

    private static let ofManyAtOnceOneComesAndOneGoes = PresenceCheck("of many at once one comes and one goes") { rig in
        let connections = (0..<100).map { PresentConnection("alice", "c\($0)", pod: "pod-\($0 % 3)") }
        for _ in 0..<3 {
            let came = try await withThrowingTaskGroup(of: PresenceTransition?.self) { tasks in
                for connection in connections { tasks.addTask { try await rig.service.setOnline(connection) } }
                return try await tasks.reduce(into: []) { $0 += $1.map { [$0] } ?? [] }
            }
            try demand(came, is: [.online("alice")], "came")
            let went = try await withThrowingTaskGroup(of: PresenceTransition?.self) { tasks in
                for connection in connections { tasks.addTask { try await rig.service.setOffline(connection) } }
                return try await tasks.reduce(into: []) { $0 += $1.map { [$0] } ?? [] }
            }
            try demand(went, is: [.offline("alice")], "went")
        }
    }
}
