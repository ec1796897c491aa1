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
    private let isFailing = Locked(false)

    var expiry: Duration { .seconds(60) }

    func setFailing(_ isFailing: Bool) { self.isFailing.withLock { $0 = isFailing } }

    func setOnline(_ connection: PresentConnection) async throws(ChatError) {
        try self.record(.online(connection.connectionID))
    }

    func setOffline(_ connection: PresentConnection) async throws(ChatError) {
        try self.record(.offline(connection.connectionID))
    }

    func heartbeat(_ connections: [PresentConnection]) async throws(ChatError) {
        for connection in connections { try self.record(.heartbeat(connection.connectionID)) }
    }

    func connections(of user: UserID) async throws(ChatError) -> [PresentConnection] { [] }

    func route(of user: UserID, connection: ConnectionID) async throws(ChatError) -> PodID? { nil }

    private func record(_ report: Report) throws(ChatError) {
        self.reports.record(report)
        if self.isFailing.withLock({ $0 }) { throw ChatError(.unavailable, "presence is away") }
    }
}
