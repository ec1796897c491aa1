/// The name of a channel or of a direct-message pair, within its ``ScopeType``.
public struct ScopeID: ChatIdentifier {
    /// The wire name of the field.
    public static var fieldName: String { "scopeId" }
    /// The name itself.
    public let rawValue: String

    /// Wraps a name that was found valid.
    public init(unchecked rawValue: String) { self.rawValue = rawValue }
}

/// Who somebody is: the `sub` claim of a token, or the name given in development mode.
public struct UserID: ChatIdentifier {
    /// The wire name of the field.
    public static var fieldName: String { "senderId" }
    /// The name itself.
    public let rawValue: String

    /// Wraps a name that was found valid.
    public init(unchecked rawValue: String) { self.rawValue = rawValue }
}

/// The name of a running server process, unique among the pods that share a log.
public struct PodID: ChatIdentifier {
    /// The wire name of the field.
    public static var fieldName: String { "originPodId" }
    /// The name itself.
    public let rawValue: String

    /// Wraps a name that was found valid.
    public init(unchecked rawValue: String) { self.rawValue = rawValue }
}

/// The public name of one client connection, unique among all pods; never contains `:` (contracts §6).
public struct ConnectionID: Sendable, Hashable, RawRepresentable, CustomStringConvertible {
    /// The name itself.
    public let rawValue: String

    /// Makes a connection id, or `nil` if the name is empty or contains `:`.
    public init?(rawValue: String) {
        guard !rawValue.isEmpty, !rawValue.utf8.contains(UInt8(ascii: ":")) else { return nil }
        self.rawValue = rawValue
    }

    /// Wraps a name that was made here.
    package init(unchecked rawValue: String) { self.rawValue = rawValue }

    /// The name itself.
    public var description: String { self.rawValue }
}
