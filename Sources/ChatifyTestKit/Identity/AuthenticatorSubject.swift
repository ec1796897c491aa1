public import ChatifyCore

/// A law of the `Authenticator` port.
public typealias AuthenticatorCheck = ConformanceCheck<AuthenticatorSubject>

/// An authenticator under test, and whom it has to know.
public struct AuthenticatorSubject: ConformanceSubject {
    /// The authenticator.
    public var authenticator: any Authenticator
    /// Credentials that are good, and whose they are.
    public var good: [Credentials: Identity]
    /// Credentials that are missing or bad.
    public var bad: [Credentials]
    /// Whether it asks for proof, and so does not look at the name that a client claims.
    public var asksForProof: Bool
    /// Puts the authenticator out of service, so that it can judge nothing from now on.
    public var breakDown: (@Sendable () async throws -> Void)?
    /// How long one step may take before a check says that it hangs.
    public var patience: Duration

    /// Makes a subject; without `breakDown` the law that needs it does not apply.
    public init(
        _ authenticator: any Authenticator,
        good: [Credentials: Identity],
        bad: [Credentials],
        asksForProof: Bool = true,
        breakDown: (@Sendable () async throws -> Void)? = nil,
        patience: Duration = .seconds(30)
    ) {
        self.authenticator = authenticator
        self.good = good
        self.bad = bad
        self.asksForProof = asksForProof
        self.breakDown = breakDown
        self.patience = patience
    }

    /// What the subject says of the authenticator.
    public var offers: Set<ConformanceNeed> {
        var offers: Set<ConformanceNeed> = []
        if self.asksForProof { offers.insert(.proof) }
        if self.breakDown != nil { offers.insert(.outage) }
        return offers
    }
}
