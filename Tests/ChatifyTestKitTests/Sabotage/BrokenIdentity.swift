import ChatifyCore
import ChatifyTestKit

/// An authorizer that answers what it is told.
struct BrokenAuthorizer: ScopeAuthorizer {
    let onAsk: @Sendable (ScopeAction, UserID, ChatScope) async throws(ChatError) -> Bool

    func isAllowed(_ action: ScopeAction, by user: UserID, in scope: ChatScope) async throws(ChatError) -> Bool {
        try await self.onAsk(action, user, scope)
    }
}

extension Sabotage where Subject == ScopeAuthorizerSubject {
    /// A subject whose authorizer lets in whom `isMember` lets in.
    private init(
        _ check: ScopeAuthorizerCheck,
        caughtWith words: String,
        answering isMember: @escaping @Sendable (Set<UserID>, UserID) -> Bool
    ) {
        self.init(check, caughtWith: words) {
            let members = Locked<Set>([UserID(unchecked: "\u{E5}sa"), UserID(unchecked: "bob")])
            let scope = ChatScope.channel(ScopeID(unchecked: "secret"))
            func question(_ user: String) -> ScopeAuthorizerSubject.Question {
                ScopeAuthorizerSubject.Question(.join, by: UserID(unchecked: user), in: scope)
            }
            return ScopeAuthorizerSubject(
                BrokenAuthorizer { (_, user, _) async throws(ChatError) in isMember(members.withLock { $0 }, user) },
                allowed: [question("\u{E5}sa"), question("bob")],
                refused: [question("a\u{30A}sa"), question("eve")],
                revoke: { members.withLock { _ = $0.remove(UserID(unchecked: "\u{E5}sa")) } },
                breakDown: {}
            )
        }
    }

    static let all: [Sabotage] = [
        Sabotage(.allowsWhomItMust, caughtWith: "may not join") { _, _ in false },
        Sabotage(.refusesWhomItMust, caughtWith: "may join") { members, user in
            members.contains { $0.rawValue == user.rawValue }
        },
        {
            let counter = Counter()
            return Sabotage(.answersManyAtOnce, caughtWith: "got another's answer") { members, user in
                counter.isOneOf(50) != members.contains(user)
            }
        }(),
        {
            let remembered = Locked(Set<UserID>())
            return Sabotage(.remembersNoAnswer, caughtWith: "still holds") { members, user in
                remembered.withLock { remembered in
                    if members.contains(user) { remembered.insert(user) }
                    return remembered.contains(user)
                }
            }
        }(),
        Sabotage(.doesNotGuessInAnOutage, caughtWith: "could not be decided") { members, user in members.contains(user)
        },
    ]
}

/// An authenticator that says what it is told.
struct BrokenAuthenticator: Authenticator {
    let onAsk: @Sendable (Credentials) async throws(ChatError) -> Identity

    func authenticate(_ credentials: Credentials) async throws(ChatError) -> Identity {
        try await self.onAsk(credentials)
    }
}

extension Sabotage where Subject == AuthenticatorSubject {
    /// A subject whose authenticator's answers are tampered with: the right one comes in, `nil` for bad credentials.
    private init(
        _ check: AuthenticatorCheck,
        caughtWith words: String,
        tampering tamper: @escaping @Sendable (Credentials, Identity?) throws(ChatError) -> Identity
    ) {
        self.init(check, caughtWith: words) {
            let connection = ConnectionID(unchecked: "c1")
            let expiry = Timestamp(millisecondsSinceEpoch: 1_800_000_000_000)
            let tokens = ["token-1": "alice", "token-2": "bob"]
            let good = tokens.map { token, user in
                let identity = Identity(userID: UserID(unchecked: user), expiresAt: expiry)
                return (Credentials(bearerToken: token, connectionID: connection), identity)
            }
            return AuthenticatorSubject(
                BrokenAuthenticator { (credentials) async throws(ChatError) in
                    let user = credentials.bearerToken.flatMap { tokens[$0] }
                    let identity = user.map { Identity(userID: UserID(unchecked: $0), expiresAt: expiry) }
                    return try tamper(credentials, identity)
                },
                good: Dictionary(good) { first, _ in first },
                bad: [
                    Credentials(connectionID: connection), Credentials(bearerToken: "forged", connectionID: connection),
                ],
                breakDown: {}
            )
        }
    }

    private static func known(_ identity: Identity?) throws(ChatError) -> Identity {
        guard let identity else { throw ChatError(.unauthenticated, "Nobody knows this token.") }
        return identity
    }

    static let all: [Sabotage] = [
        Sabotage(.knowsTheGood, caughtWith: "for good too long") { _, identity throws(ChatError) in
            Identity(userID: try Self.known(identity).userID)
        },
        Sabotage(.refusesTheBad, caughtWith: "not refused as such") { _, identity throws(ChatError) in
            guard let identity else { throw ChatError(.forbidden, "This token may not.") }
            return identity
        },
        Sabotage(.aClaimProvesNothing, caughtWith: "was believed") { credentials, identity throws(ChatError) in
            if let claimed = credentials.claimedUser { return Identity(userID: UserID(unchecked: claimed)) }
            return try Self.known(identity)
        },
        {
            let counter = Counter()
            return Sabotage(.keepsManyApart, caughtWith: "taken for others") { _, identity throws(ChatError) in
                counter.isOneOf(50) ? Identity(userID: UserID(unchecked: "mallory")) : try Self.known(identity)
            }
        }(),
        Sabotage(.doesNotGuessInAnOutage, caughtWith: "judged though they could not be") {
            _,
            identity throws(ChatError) in
            try Self.known(identity)
        },
    ]
}
