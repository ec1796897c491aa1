internal import ChatifyCore
internal import Logging

/// Tells the presence service who is here, and says once when it is out of reach and once when it is back.
///
/// Presence is ephemeral (design §4): a report that fails is dropped; the next heartbeat mends it, and what is gone
/// expires.
final class PresenceReporter: Sendable {
    /// The service.
    let service: any PresenceService
    private let logger: Logger
    private let isFailing = Locked(false)

    /// Makes a reporter for a service that is thought to be well.
    init(service: any PresenceService, logger: Logger) {
        self.service = service
        self.logger = logger
    }

    /// Tells the service, and returns who came or went by that.
    func report(_ command: PresenceOutbox.Command) async -> [PresenceTransition] {
        do throws(ChatError) {
            let transitions = try await self.tell(command)
            if command.adds, self.changed(to: false) { self.logger.notice("Presence is reported again") }
            return transitions
        } catch {
            self.failed(error)
            return []
        }
    }

    private func tell(_ command: PresenceOutbox.Command) async throws(ChatError) -> [PresenceTransition] {
        switch command {
        case .setOnline(let connection): try await self.service.setOnline(connection).map { [$0] } ?? []
        case .setOffline(let connection): try await self.service.setOffline(connection).map { [$0] } ?? []
        case .heartbeat(let connections): try await self.service.heartbeat(connections)
        }
    }

    private func failed(_ error: ChatError) {
        // Anything else is about some of the connections, and says nothing of the service.
        guard error.code == .unavailable else {
            return self.logger.warning("Presence of some cannot be reported", metadata: ["error": "\(error)"])
        }
        guard self.changed(to: true) else { return }
        self.logger.warning("Presence cannot be reported", metadata: ["error": "\(error)"])
    }

    private func changed(to failing: Bool) -> Bool {
        self.isFailing.withLock { state in
            defer { state = failing }
            return state != failing
        }
    }
}

extension PresenceOutbox.Command {
    /// Whether it adds; a service without memory still removes.
    fileprivate var adds: Bool {
        switch self {
        case .setOnline, .heartbeat: true
        case .setOffline: false
        }
    }
}
