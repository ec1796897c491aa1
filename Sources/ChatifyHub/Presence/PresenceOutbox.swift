internal import ChatifyCore

/// What the presence service has yet to be told by one shard; the latest word on a connection replaces earlier ones.
///
/// Bounded by the connections that are open or have closed since the last report.
struct PresenceOutbox {
    /// What a connection shows of itself.
    enum Change: Hashable {
        case online
        case heartbeat
        case offline
    }

    /// What the service is told.
    enum Command: Hashable {
        case setOnline(PresentConnection)
        case setOffline(PresentConnection)
        case heartbeat([PresentConnection])
    }

    /// The most connections in one heartbeat.
    static let heartbeatBatch = 512

    private var changes: [PresentConnection: Change] = [:]

    /// Notes what is to be told of a connection.
    mutating func note(_ change: Change, of connection: PresentConnection) {
        // A connection whose coming or going is not reported yet needs no renewal.
        if change == .heartbeat, self.changes[connection] != nil { return }
        self.changes[connection] = change
    }

    /// Takes all that is noted, as commands in any order; they are about different connections.
    mutating func takeAll() -> [Command] {
        var commands: [Command] = []
        var renewed: [PresentConnection] = []
        for (connection, change) in self.changes {
            switch change {
            case .online: commands.append(.setOnline(connection))
            case .offline: commands.append(.setOffline(connection))
            case .heartbeat: renewed.append(connection)
            }
        }
        self.changes.removeAll()
        for start in stride(from: 0, to: renewed.count, by: Self.heartbeatBatch) {
            commands.append(.heartbeat(Array(renewed[start..<min(start + Self.heartbeatBatch, renewed.count)])))
        }
        return commands
    }
}
