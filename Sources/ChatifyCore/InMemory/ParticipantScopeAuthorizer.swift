/// Lets everybody into channels, and into a direct-message scope the two users it is named after.
///
/// A direct-message scope is named `alice-bob` or `bob-alice`. Names that contain `-` themselves are ambiguous:
/// `a-b-c` belongs to `a` with `b-c` as well as to `a-b` with `c`, so all four may enter. Where names may contain `-`, use
/// an authorizer that knows the participants.
public struct ParticipantScopeAuthorizer: ScopeAuthorizer {
    /// Makes the authorizer.
    public init() {}

    /// Returns whether `scope` is a channel, or `user` one of its two participants, whatever the action.
    public func isAllowed(
        _ action: ScopeAction,
        by user: UserID,
        in scope: ChatScope
    ) async throws(ChatError) -> Bool {
        guard scope.type == .directMessage else { return scope.type == .channel }
        // Bytes, because to `String` two texts are equal that merely look the same, and `-` with an accent is no `-`.
        let (name, id) = (Array(user.rawValue.utf8), Array(scope.id.rawValue.utf8))
        guard id.count > name.count + 1 else { return false }
        let hyphen = UInt8(ascii: "-")
        return (id.starts(with: name) && id[name.count] == hyphen)
            || (id.suffix(name.count).elementsEqual(name) && id[id.count - name.count - 1] == hyphen)
    }
}
