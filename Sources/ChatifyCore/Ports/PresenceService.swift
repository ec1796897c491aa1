/// Knows which connections each user has, on all pods that share it.
///
/// A connection that is not renewed dies ``expiry`` after its last sign of life; dead connections are never returned,
/// even while the user has live ones elsewhere (contracts §6). Every call is atomic; calls may come from any task.
/// All throw ``ChatError`` with code ``ChatError/Code/unavailable`` when the service is out of reach, and may be
/// repeated then.
public protocol PresenceService: Sendable {
    /// How long a connection lives after its last sign of life; 60 seconds in contracts §6.
    var expiry: Duration { get }

    /// Adds a connection, or renews it if it is there.
    func setOnline(_ connection: PresentConnection) async throws(ChatError)

    /// Removes a connection; one that is not there is no error.
    func setOffline(_ connection: PresentConnection) async throws(ChatError)

    /// Renews connections, adding those that had died.
    func heartbeat(_ connections: [PresentConnection]) async throws(ChatError)

    /// Returns the live connections of a user, in no particular order.
    func connections(of user: UserID) async throws(ChatError) -> [PresentConnection]

    /// Returns the pod that a live connection of a user is on, or `nil` if there is no such connection.
    func route(of user: UserID, connection: ConnectionID) async throws(ChatError) -> PodID?
}

/// A connection of a user to a pod.
public struct PresentConnection: Sendable, Hashable {
    /// Who is connected.
    public var userID: UserID
    /// The connection.
    public var connectionID: ConnectionID
    /// The pod it is on.
    public var podID: PodID

    /// Makes a connection of its parts.
    public init(userID: UserID, connectionID: ConnectionID, podID: PodID) {
        self.userID = userID
        self.connectionID = connectionID
        self.podID = podID
    }
}
