import ChatifyCore
import TestSupport

/// A presence service that records what it is told, and fails while a test wants it to.
final class FakePresence: PresenceService {
    enum Report: Sendable, Hashable {
        case online(ConnectionID)
        case offline(ConnectionID)
        case heartbeat(ConnectionID)
    }

    let reports = Recorder<Report>()
    private let failure = Locked<ChatError?>(nil)
    private let online = Locked<Set<UserID>>([])

    var expiry: Duration { .seconds(60) }

    func setFailing(_ isFailing: Bool) {
        self.setFailure(isFailing ? ChatError(.unavailable, "presence is away") : nil)
    }

    func setFailure(_ failure: ChatError?) { self.failure.withLock { $0 = failure } }

    func setOnlineUsers(_ names: [String]) { self.online.withLock { $0 = Set(names.map { UserID(unchecked: $0) }) } }

    func setOnline(_ connection: PresentConnection) async throws(ChatError) -> PresenceTransition? {
        try self.record(.online(connection.connectionID))
        return nil
    }

    func setOffline(_ connection: PresentConnection) async throws(ChatError) -> PresenceTransition? {
        try self.record(.offline(connection.connectionID))
        return nil
    }

    func heartbeat(_ connections: [PresentConnection]) async throws(ChatError) -> [PresenceTransition] {
        for connection in connections { try self.record(.heartbeat(connection.connectionID)) }
        return []
    }

    func dropExpired(atMost limit: Int) async throws(ChatError) -> [PresenceTransition] { [] }

    func onlineUserCount() async throws(ChatError) -> Int { 0 }

    func connections(of user: UserID) async throws(ChatError) -> [PresentConnection] { [] }

    func onlineUsers(among users: [UserID]) async throws(ChatError) -> Set<UserID> {
        if let failure = self.failure.withLock({ $0 }) { throw failure }
        return self.online.withLock { $0.intersection(users) }
    }

    func route(of user: UserID, connection: ConnectionID) async throws(ChatError) -> PodID? { nil }

    private func record(_ report: Report) throws(ChatError) {
        self.reports.record(report)
        if let failure = self.failure.withLock({ $0 }) { throw failure }
    }
}
