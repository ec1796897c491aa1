/// Finds out who a client is.
public protocol Authenticator: Sendable {
    /// Returns who the client is.
    ///
    /// - Throws: ``ChatError`` with code ``ChatError/Code/unauthenticated`` if the credentials are missing or bad, and
    ///   ``ChatError/Code/unavailable`` if they cannot be judged now.
    func authenticate(_ credentials: Credentials) async throws(ChatError) -> Identity
}

/// What a client shows of itself.
public struct Credentials: Sendable, Hashable {
    /// The bearer token, from the `Authorization` header or the query item `access_token`.
    public var bearerToken: String?
    /// The name a client claims without proof; only a development authenticator looks at it.
    public var claimedUser: String?
    /// A name for somebody who claims none, unique per connection.
    public var connectionID: ConnectionID

    /// Makes credentials of their parts.
    public init(bearerToken: String? = nil, claimedUser: String? = nil, connectionID: ConnectionID) {
        self.bearerToken = bearerToken
        self.claimedUser = claimedUser
        self.connectionID = connectionID
    }
}

/// Who a client is.
public struct Identity: Sendable, Hashable {
    /// The user.
    public var userID: UserID
    /// When the proof of identity ends; `nil` for never.
    public var expiresAt: Timestamp?

    /// Makes an identity of its parts.
    public init(userID: UserID, expiresAt: Timestamp? = nil) {
        self.userID = userID
        self.expiresAt = expiresAt
    }
}
