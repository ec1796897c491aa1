/// Knows which connections each user has, on all pods that share it, and tells who comes and who goes.
///
/// A connection that is not renewed dies ``expiry`` after its last sign of life, a second later at most; dead connections are
/// never returned, even while the user has live ones elsewhere (contracts §6). Calls may come from any task.
///
/// A user comes online with the first connection and goes offline with the last, which either is removed or is found dead by
/// ``dropExpired(atMost:)``. Each of these transitions is told once, to the call that caused or found it, whichever pod makes it, and those
/// of one user alternate; one is lost when the answer to its call is. Users whom nobody asks for within another ``expiry`` after
/// they have died are forgotten without a word.
///
/// All throw ``ChatError`` with code ``ChatError/Code/unavailable`` when the service is out of reach, and may be
/// repeated then.
public protocol PresenceService: Sendable {
    /// How long a connection lives after its last sign of life; 60 seconds in contracts §6.
    var expiry: Duration { get }

    /// Adds a connection, or renews it if it is there.
    @discardableResult
    func setOnline(_ connection: PresentConnection) async throws(ChatError) -> PresenceTransition?

    /// Removes a connection; one that is not there is no error.
    @discardableResult
    func setOffline(_ connection: PresentConnection) async throws(ChatError) -> PresenceTransition?

    /// Renews connections, adding those that had died.
    @discardableResult
    func heartbeat(_ connections: [PresentConnection]) async throws(ChatError) -> [PresenceTransition]

    /// Takes up to `limit` users offline whose last connection has died, such as those of a pod that crashed.
    func dropExpired(atMost limit: Int) async throws(ChatError) -> [PresenceTransition]

    /// Returns the number of users who are online, without going through them where they are many.
    func onlineUserCount() async throws(ChatError) -> Int

    /// Returns the live connections of a user, in no particular order.
    func connections(of user: UserID) async throws(ChatError) -> [PresentConnection]

    /// Returns those of the users who have live connections.
    ///
    /// Who is named twice is one user, and of nobody nobody is online. Asked often and for many at once; the default asks for each user's
    /// connections, one after the other.
    func onlineUsers(among users: [UserID]) async throws(ChatError) -> Set<UserID>

    /// Returns the pod that a live connection of a user is on, or `nil` if there is no such connection.
    func route(of user: UserID, connection: ConnectionID) async throws(ChatError) -> PodID?
}

extension PresenceService {
    /// Asks for the connections of each user.
    public func onlineUsers(among users: [UserID]) async throws(ChatError) -> Set<UserID> {
        var online: Set<UserID> = []
        for user in users where try await !self.connections(of: user).isEmpty { online.insert(user) }
        return online
    }
}

/// A user has come or gone.
public struct PresenceTransition: Sendable, Hashable {
    /// Who.
    public var userID: UserID
    /// Whether the user is online now.
    public var isOnline: Bool

    /// Makes a transition of its parts.
    public init(userID: UserID, isOnline: Bool) {
        self.userID = userID
        self.isOnline = isOnline
    }
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
