public import ChatifyCore

/// A presence service whose calls fail, before or after they were done, and are delayed.
public struct FaultyPresenceService: PresenceService {
    private let base: any PresenceService
    private let faults: FaultSource

    /// Wraps a service.
    public init(_ base: any PresenceService, faults: FaultSource) {
        self.base = base
        self.faults = faults
    }

    /// That of the wrapped service.
    public var expiry: Duration { self.base.expiry }

    /// Adds or renews a connection, unless the plan has it otherwise.
    @discardableResult
    public func setOnline(_ connection: PresentConnection) async throws(ChatError) -> PresenceTransition? {
        try await self.faults.call(mayRepeat: true) { () async throws(ChatError) in
            try await self.base.setOnline(connection)
        }
    }

    /// Removes a connection, unless the plan has it otherwise.
    @discardableResult
    public func setOffline(_ connection: PresentConnection) async throws(ChatError) -> PresenceTransition? {
        try await self.faults.call(mayRepeat: true) { () async throws(ChatError) in
            try await self.base.setOffline(connection)
        }
    }

    /// Renews connections, unless the plan has it otherwise.
    @discardableResult
    public func heartbeat(_ connections: [PresentConnection]) async throws(ChatError) -> [PresenceTransition] {
        try await self.faults.call(mayRepeat: true) { () async throws(ChatError) in
            try await self.base.heartbeat(connections)
        }
    }

    /// Takes expired users offline, unless the plan has it otherwise.
    public func dropExpired(atMost limit: Int) async throws(ChatError) -> [PresenceTransition] {
        // Done twice it would take two portions and tell one.
        try await self.faults.call { () async throws(ChatError) in try await self.base.dropExpired(atMost: limit) }
    }

    /// Counts users, unless the plan has it otherwise.
    public func onlineUserCount() async throws(ChatError) -> Int {
        try await self.faults.call { () async throws(ChatError) in try await self.base.onlineUserCount() }
    }

    /// Lists connections, unless the plan has it otherwise.
    public func connections(of user: UserID) async throws(ChatError) -> [PresentConnection] {
        try await self.faults.call { () async throws(ChatError) in try await self.base.connections(of: user) }
    }

    /// Tells who is online, unless the plan has it otherwise.
    public func onlineUsers(among users: [UserID]) async throws(ChatError) -> Set<UserID> {
        try await self.faults.call { () async throws(ChatError) in try await self.base.onlineUsers(among: users) }
    }

    /// Finds a route, unless the plan has it otherwise.
    public func route(of user: UserID, connection: ConnectionID) async throws(ChatError) -> PodID? {
        try await self.faults.call { () async throws(ChatError) in
            try await self.base.route(of: user, connection: connection)
        }
    }
}
