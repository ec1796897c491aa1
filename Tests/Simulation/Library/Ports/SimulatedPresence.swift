internal import ChatifyCore

/// A pod's way to the presence that all pods share.
final class SimulatedPresence: PresenceService, @unchecked Sendable {
    private let memory: InMemoryPresenceService
    private let link: Link

    init(memory: InMemoryPresenceService, link: Link) {
        self.memory = memory
        self.link = link
    }

    var expiry: Duration { self.memory.expiry }

    func setOnline(_ connection: PresentConnection) async throws(ChatError) -> PresenceTransition? {
        try await self.link.call { () async throws(ChatError) in try await self.memory.setOnline(connection) }
    }

    func setOffline(_ connection: PresentConnection) async throws(ChatError) -> PresenceTransition? {
        try await self.link.call { () async throws(ChatError) in try await self.memory.setOffline(connection) }
    }

    func heartbeat(_ connections: [PresentConnection]) async throws(ChatError) -> [PresenceTransition] {
        try await self.link.call { () async throws(ChatError) in try await self.memory.heartbeat(connections) }
    }

    func dropExpired(atMost limit: Int) async throws(ChatError) -> [PresenceTransition] {
        try await self.link.call { () async throws(ChatError) in try await self.memory.dropExpired(atMost: limit) }
    }

    func onlineUserCount() async throws(ChatError) -> Int {
        try await self.link.call { () async throws(ChatError) in try await self.memory.onlineUserCount() }
    }

    func connections(of user: UserID) async throws(ChatError) -> [PresentConnection] {
        try await self.link.call { () async throws(ChatError) in try await self.memory.connections(of: user) }
    }

    func route(of user: UserID, connection: ConnectionID) async throws(ChatError) -> PodID? {
        try await self.link.call { () async throws(ChatError) in
            try await self.memory.route(of: user, connection: connection)
        }
    }
}
