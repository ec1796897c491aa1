public import ChatifyCore

/// A law of the `PresenceService` port.
public typealias PresenceServiceCheck = ConformanceCheck<PresenceServiceSubject>

/// A presence service under test, and what a check may do to it.
///
/// Checks that require ``ConformanceNeed/time`` let connections die, so a short expiry makes those short where time is real. The others want
/// a long one, so that nothing dies meanwhile.
public struct PresenceServiceSubject: ConformanceSubject {
    /// The service; it knows nobody.
    public var service: any PresenceService
    /// Lets that much time pass for the service, by a clock of the test's or in truth.
    public var wait: (@Sendable (Duration) async throws -> Void)?
    /// Makes the instance of another pod over the same store, if presence is shared.
    public var another: (@Sendable () async throws -> any PresenceService)?
    /// How long one step may take before a check says that it hangs.
    public var patience: Duration

    /// Makes a subject; without `wait` and `another` the laws that need them do not apply.
    public init(
        _ service: any PresenceService,
        wait: (@Sendable (Duration) async throws -> Void)? = nil,
        another: (@Sendable () async throws -> any PresenceService)? = nil,
        patience: Duration = .seconds(30)
    ) {
        self.service = service
        self.wait = wait
        self.another = another
        self.patience = patience
    }

    /// What the closures can show.
    public var offers: Set<ConformanceNeed> {
        var offers: Set<ConformanceNeed> = []
        if self.wait != nil { offers.insert(.time) }
        if self.another != nil { offers.insert(.sharing) }
        return offers
    }
}

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
    /// Lets time pass.
    func pass(_ duration: Duration) async throws {
        guard let wait = self.wait else { throw BrokenLaw("There is no `wait`") }
        try await wait(duration)
    }

    /// Lets all that was not renewed die.
    func waitForDeath() async throws {
        try await self.pass(self.service.expiry + .milliseconds(1100))
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
