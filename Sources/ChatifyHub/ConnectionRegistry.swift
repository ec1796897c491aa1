internal import ChatifyCore
internal import ChatifySignalR

/// Which connection tokens are good for what: negotiated and waiting for a transport, or in use, and where.
///
/// Pure; time comes in as an argument. Bounded by the settings for negotiations and for open connections.
struct ConnectionRegistry {
    /// What becomes of a claim.
    enum Claim: Hashable {
        case granted(OpenConnection)
        /// Nobody negotiated this token, or it ended.
        case unknown
        case alreadyInUse
        /// The token belongs to another user.
        case otherUser
        case tooManyOfUser
        case tooMany
    }

    /// What a token stands for.
    enum Standing: Hashable {
        /// Nobody negotiated this token, or it ended.
        case unknown
        /// It waits for a transport.
        case negotiated(ConnectionID)
        case open(OpenConnection)
    }

    private struct Negotiation {
        let connectionID: ConnectionID
        let userID: UserID
        let isStateful: Bool
        let deadline: ContinuousClock.Instant
    }

    private let maximumNegotiations: Int
    private let maximumConnections: Int
    private let maximumPerUser: Int
    private var negotiations: [String: Negotiation] = [:]
    /// The tokens in the order of their deadlines, which is the order of negotiation; those before the head are gone.
    private var deadlines: [(token: String, deadline: ContinuousClock.Instant)] = []
    private var deadlinesHead = 0
    private var inUse: [String: OpenConnection] = [:]
    /// Kept only if there is a limit.
    private var connectionsOfUser: [UserID: Int] = [:]

    /// Makes an empty registry; 0 connections per user stand for no limit.
    init(maximumNegotiations: Int, maximumConnections: Int, maximumPerUser: Int) {
        self.maximumNegotiations = maximumNegotiations
        self.maximumConnections = maximumConnections
        self.maximumPerUser = maximumPerUser
    }

    /// Whether there are as many connections as there may be.
    var isFull: Bool { self.inUse.count >= self.maximumConnections }

    /// Whether a user has as many connections as one may have.
    func isFull(_ userID: UserID) -> Bool {
        self.maximumPerUser > 0 && self.connectionsOfUser[userID, default: 0] >= self.maximumPerUser
    }

    /// Keeps a token for a transport that comes before `deadline`.
    ///
    /// If too many wait, the one that has waited longest goes: in a flood a client that means it is the one that comes soon.
    mutating func negotiate(
        token: String,
        connectionID: ConnectionID,
        userID: UserID,
        isStateful: Bool = false,
        deadline: ContinuousClock.Instant,
        now: ContinuousClock.Instant
    ) {
        // Claimed ones count until their deadline, which bounds the list of deadlines as well.
        self.expire(now: now, keeping: self.maximumNegotiations - 1)
        self.negotiations[token] = Negotiation(
            connectionID: connectionID,
            userID: userID,
            isStateful: isStateful,
            deadline: deadline
        )
        self.deadlines.append((token, deadline))
    }

    /// What a token stands for, as far as is known without its user.
    func standing(of token: String) -> Standing {
        if let open = self.inUse[token] { return .open(open) }
        return self.negotiations[token].map { .negotiated($0.connectionID) } ?? .unknown
    }

    /// Takes a negotiated token into use.
    mutating func claim(
        token: String,
        by userID: UserID,
        at home: ConnectionHome = .webSocket,
        now: ContinuousClock.Instant
    ) -> Claim {
        if self.inUse[token] != nil { return .alreadyInUse }
        guard let negotiation = self.negotiations[token], negotiation.deadline > now else { return .unknown }
        guard negotiation.userID == userID else { return .otherUser }
        var connection = OpenConnection(connectionID: negotiation.connectionID, userID: userID, home: home)
        connection.isStateful = negotiation.isStateful && home.transport == .webSockets
        let claim = self.open(token: token, connection)
        if case .granted = claim { self.negotiations[token] = nil }
        return claim
    }

    /// Takes a token into use, for a client that skipped negotiation a fresh one.
    ///
    /// Connections count whether or not a socket is there: those that poll, and those that wait for another transport, cost as much.
    mutating func open(token: String, _ connection: OpenConnection) -> Claim {
        guard !self.isFull else { return .tooMany }
        let userID = connection.userID
        guard !self.isFull(userID) else { return .tooManyOfUser }
        if self.maximumPerUser > 0 { self.connectionsOfUser[userID, default: 0] += 1 }
        self.inUse[token] = connection
        return .granted(connection)
    }

    /// Takes note of the shard on which a connection lives.
    mutating func settle(token: String, on shard: Int) { self.inUse[token]?.home.shard = shard }

    /// Gives back a token whose connection ended.
    ///
    /// That of a long-polling connection stays known until ``forget(token:)``: its last bytes are yet to be fetched, and it to be deleted.
    mutating func release(token: String) {
        guard let connection = self.inUse[token], !connection.hasEnded else { return }
        if connection.home.transport == .longPolling {
            self.inUse[token]?.hasEnded = true
        } else {
            self.inUse[token] = nil
        }
        guard self.maximumPerUser > 0 else { return }
        let count = self.connectionsOfUser[connection.userID, default: 1] - 1
        self.connectionsOfUser[connection.userID] = count > 0 ? count : nil
    }

    /// Forgets a token for good.
    mutating func forget(token: String) {
        self.release(token: token)
        self.inUse[token] = nil
    }

    /// Drops negotiations that no transport claimed in time; costs only those that are dropped.
    mutating func expire(now: ContinuousClock.Instant) { self.expire(now: now, keeping: .max) }

    /// Drops also those that have waited longest, until no more than so many are left.
    private mutating func expire(now: ContinuousClock.Instant, keeping maximum: Int) {
        while self.deadlinesHead < self.deadlines.count,
            self.deadlines[self.deadlinesHead].deadline <= now || self.deadlines.count - self.deadlinesHead > maximum
        {
            self.negotiations[self.deadlines[self.deadlinesHead].token] = nil
            self.deadlinesHead += 1
        }
        guard self.deadlinesHead > 64, self.deadlinesHead * 2 >= self.deadlines.count else { return }
        self.deadlines.removeFirst(self.deadlinesHead)
        self.deadlinesHead = 0
    }
}
