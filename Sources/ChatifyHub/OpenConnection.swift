internal import ChatifyCore
internal import ChatifySignalR

/// A connection in use, as every shard may know it.
struct OpenConnection: Hashable {
    /// The public id.
    let connectionID: ConnectionID
    /// Whose it is.
    let userID: UserID
    /// How its bytes travel, and where to.
    var home: ConnectionHome
    /// Only its last bytes are left, which nobody has fetched yet.
    var hasEnded = false
    /// Whether its client may come back with another transport.
    var isStateful = false
}

/// How a connection's bytes travel, and where it lives.
struct ConnectionHome: Hashable {
    /// How the bytes travel.
    let transport: HubTransportKind
    /// The shard that requests about it have to go to; `nil` if there are no such requests.
    var shard: Int?

    /// A WebSocket, which takes no requests; one that may be replaced has its shard noted when it is opened.
    static let webSocket = ConnectionHome(transport: .webSockets, shard: nil)
}

extension HubTransportKind {
    /// Polls take the place of pings and of the client's time-out (signalr.md §8).
    func limits(_ limits: HubLimits) -> HubLimits {
        guard self == .longPolling else { return limits }
        var limits = limits
        limits.keepAlive = .never
        limits.clientTimeout = .never
        return limits
    }
}

extension Duration {
    /// Longer than any server runs.
    fileprivate static let never = Duration.seconds(Int64(1) << 40)
}
