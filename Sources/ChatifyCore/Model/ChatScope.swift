/// What kind of place a message is said in.
public struct ScopeType: RawRepresentable, Sendable, Hashable, CustomStringConvertible {
    /// The number on the wire: 0 channel, 1 direct message.
    public let rawValue: Int

    /// Makes the type of that number, or `nil` if there is none.
    public init?(rawValue: Int) {
        guard rawValue == 0 || rawValue == 1 else { return nil }
        self.rawValue = rawValue
    }

    private init(known rawValue: Int) { self.rawValue = rawValue }

    /// A place that anyone may be let into.
    public static let channel = ScopeType(known: 0)
    /// A place of two people.
    public static let directMessage = ScopeType(known: 1)

    /// The type's name: `Channel` or `DirectMessage`.
    public var description: String { self == .channel ? "Channel" : "DirectMessage" }

    /// Reads `Channel` or `DirectMessage`, in any letter case.
    public init?(name: some StringProtocol) {
        switch name.lowercased() {
        case "channel": self = .channel
        case "directmessage": self = .directMessage
        default: return nil
        }
    }

    /// Reads a name, or the number as text: `0` or `1`.
    public init?(text: some StringProtocol) {
        switch text {
        case "0": self = .channel
        case "1": self = .directMessage
        default: self.init(name: text)
        }
    }
}

/// A place that messages are said in: the pair of a type and a name.
public struct ChatScope: Sendable, Hashable, CustomStringConvertible {
    /// What kind of place it is.
    public var type: ScopeType
    /// Its name among those of its type.
    public var id: ScopeID

    /// Makes the scope of that type and name.
    public init(type: ScopeType, id: ScopeID) {
        self.type = type
        self.id = id
    }

    /// The channel of that name.
    public static func channel(_ id: ScopeID) -> ChatScope { ChatScope(type: .channel, id: id) }

    /// The direct-message scope of that name.
    public static func directMessage(_ id: ScopeID) -> ChatScope { ChatScope(type: .directMessage, id: id) }

    /// `Channel:general` or `DirectMessage:a-b`, as stores write it (contracts §7).
    public var description: String { "\(self.type):\(self.id)" }
}
