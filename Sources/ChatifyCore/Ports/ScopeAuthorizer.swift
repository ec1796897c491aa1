/// Decides who may do what in a scope.
public protocol ScopeAuthorizer: Sendable {
    /// Returns whether `user` may do `action` in `scope`.
    ///
    /// Asked once per join and once per send and history read; an answer is not remembered.
    /// - Throws: ``ChatError`` with code ``ChatError/Code/unavailable`` if it cannot be decided now; the action is
    ///   refused then.
    func isAllowed(_ action: ScopeAction, by user: UserID, in scope: ChatScope) async throws(ChatError) -> Bool
}

/// Something done in a scope.
public struct ScopeAction: Sendable, Hashable, CustomStringConvertible {
    /// The action's name.
    public let description: String

    /// Makes an action of an embedder's own.
    public init(_ name: String) { self.description = name }

    /// Receive what is said there from now on.
    public static let join = ScopeAction("join")
    /// Say something there.
    public static let send = ScopeAction("send")
    /// Read what was said there.
    public static let readHistory = ScopeAction("readHistory")
}
