internal import ChatifyCore

/// Which connection tokens are good for what: negotiated and waiting for a transport, or in use.
///
/// Pure; time comes in as an argument. Bounded by the setting for negotiations and by the open connections.
struct ConnectionRegistry {
    enum Claim: Hashable {
        case granted(ConnectionID)
        /// Nobody negotiated this token, or it ended.
        case unknown
        case alreadyInUse
        /// The token belongs to another user.
        case otherUser
        case tooManyOfUser
    }

    private struct Negotiation {
        let connectionID: ConnectionID
        let userID: UserID
        let deadline: ContinuousClock.Instant
    }

    private let maximumNegotiations: Int
    private let maximumPerUser: Int
    private var negotiations: [String: Negotiation] = [:]
    /// The tokens in the order of their deadlines, which is the order of negotiation; those before the head are gone.
    private var deadlines: [(token: String, deadline: ContinuousClock.Instant)] = []
    private var deadlinesHead = 0
    private var inUse: [String: UserID] = [:]
    /// Kept only if there is a limit.
    private var connectionsOfUser: [UserID: Int] = [:]

    init(maximumNegotiations: Int, maximumPerUser: Int) {
        self.maximumNegotiations = maximumNegotiations
        self.maximumPerUser = maximumPerUser
    }

    /// Keeps a token for a transport that comes before `deadline`; `false` if too many are waiting already.
    mutating func negotiate(
        token: String,
        connectionID: ConnectionID,
        userID: UserID,
        deadline: ContinuousClock.Instant,
        now: ContinuousClock.Instant
    ) -> Bool {
        self.expire(now: now)
        // Claimed ones count until their deadline, which bounds the list of deadlines as well.
        guard self.deadlines.count - self.deadlinesHead < self.maximumNegotiations else { return false }
        self.negotiations[token] = Negotiation(connectionID: connectionID, userID: userID, deadline: deadline)
        self.deadlines.append((token, deadline))
        return true
    }

    /// The connection id a waiting token stands for.
    func connectionID(negotiatedAs token: String) -> ConnectionID? { self.negotiations[token]?.connectionID }

    /// Takes a negotiated token into use.
    mutating func claim(token: String, by userID: UserID, now: ContinuousClock.Instant) -> Claim {
        if self.inUse[token] != nil { return .alreadyInUse }
        guard let negotiation = self.negotiations[token], negotiation.deadline > now else { return .unknown }
        guard negotiation.userID == userID else { return .otherUser }
        guard self.open(token: token, by: userID) else { return .tooManyOfUser }
        self.negotiations[token] = nil
        return .granted(negotiation.connectionID)
    }

    /// Takes a fresh token into use, for a client that skipped negotiation; `false` if the user has too many.
    mutating func open(token: String, by userID: UserID) -> Bool {
        if self.maximumPerUser > 0 {
            let count = self.connectionsOfUser[userID, default: 0]
            guard count < self.maximumPerUser else { return false }
            self.connectionsOfUser[userID] = count + 1
        }
        self.inUse[token] = userID
        return true
    }

    /// Forgets a token whose connection ended.
    mutating func release(token: String) {
        guard let userID = self.inUse.removeValue(forKey: token), self.maximumPerUser > 0 else { return }
        let count = self.connectionsOfUser[userID, default: 1] - 1
        self.connectionsOfUser[userID] = count > 0 ? count : nil
    }

    func isInUse(_ token: String) -> Bool { self.inUse[token] != nil }

    /// Drops negotiations that no transport claimed in time; costs only those that are dropped.
    mutating func expire(now: ContinuousClock.Instant) {
        while self.deadlinesHead < self.deadlines.count, self.deadlines[self.deadlinesHead].deadline <= now {
            self.negotiations[self.deadlines[self.deadlinesHead].token] = nil
            self.deadlinesHead += 1
        }
        guard self.deadlinesHead > 64, self.deadlinesHead * 2 >= self.deadlines.count else { return }
        self.deadlines.removeFirst(self.deadlinesHead)
        self.deadlinesHead = 0
    }
}
