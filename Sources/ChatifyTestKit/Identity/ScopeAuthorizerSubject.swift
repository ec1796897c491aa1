public import ChatifyCore

/// A law of the `ScopeAuthorizer` port.
public typealias ScopeAuthorizerCheck = ConformanceCheck<ScopeAuthorizerSubject>

/// An authorizer under test, and what it has to say about whom.
public struct ScopeAuthorizerSubject: ConformanceSubject {
    /// One question.
    public struct Question: Sendable, Hashable {
        /// What is to be done.
        public var action: ScopeAction
        /// By whom.
        public var user: UserID
        /// Where.
        public var scope: ChatScope

        /// Makes a question of its parts.
        public init(_ action: ScopeAction, by user: UserID, in scope: ChatScope) {
            self.action = action
            self.user = user
            self.scope = scope
        }
    }

    /// The authorizer.
    public var authorizer: any ScopeAuthorizer
    /// What it must allow.
    public var allowed: [Question]
    /// What it must refuse.
    public var refused: [Question]
    /// Takes away the permission of the first of ``allowed``.
    public var revoke: (@Sendable () async throws -> Void)?
    /// Puts the authorizer out of service, so that it can decide nothing from now on.
    public var breakDown: (@Sendable () async throws -> Void)?
    /// How long one step may take before a check says that it hangs.
    public var patience: Duration

    /// Makes a subject; without the closures the laws that need them do not apply.
    public init(
        _ authorizer: any ScopeAuthorizer,
        allowed: [Question],
        refused: [Question],
        revoke: (@Sendable () async throws -> Void)? = nil,
        breakDown: (@Sendable () async throws -> Void)? = nil,
        patience: Duration = .seconds(30)
    ) {
        self.authorizer = authorizer
        self.allowed = allowed
        self.refused = refused
        self.revoke = revoke
        self.breakDown = breakDown
        self.patience = patience
    }

    /// What the closures can show.
    public var offers: Set<ConformanceNeed> {
        var offers: Set<ConformanceNeed> = []
        if self.revoke != nil { offers.insert(.revocation) }
        if self.breakDown != nil { offers.insert(.outage) }
        return offers
    }

    func answer(_ question: Question) async throws -> Bool {
        try await self.authorizer.isAllowed(question.action, by: question.user, in: question.scope)
    }
}
