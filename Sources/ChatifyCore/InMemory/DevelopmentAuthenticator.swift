/// Believes every client who it says it is: for development, never for a server that strangers reach (contracts §3).
public struct DevelopmentAuthenticator: Authenticator {
    /// Makes the authenticator.
    public init() {}

    /// Returns the claimed user, or `anonymous-<connection>` for a client that claims none or a blank name.
    /// - Throws: ``ChatError`` with code ``ChatError/Code/unauthenticated`` if the name is too long.
    public func authenticate(_ credentials: Credentials) async throws(ChatError) -> Identity {
        let claimed = credentials.claimedUser ?? ""
        let isBlank = claimed.unicodeScalars.allSatisfy { $0.properties.isWhitespace }
        let name = isBlank ? "anonymous-\(credentials.connectionID)" : claimed
        guard let userID = UserID(rawValue: name) else {
            throw ChatError(.unauthenticated, "The user name must have at most 256 characters.")
        }
        return Identity(userID: userID)
    }
}
