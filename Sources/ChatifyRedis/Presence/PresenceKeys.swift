internal import ChatifyCore

/// The keys and members of contracts §6, and the index of who is online.
///
/// Ids go in as they are. A connection id never contains `:`, so what stands after the last `:` is always the connection, and no two
/// pairs share a key or a member.
enum PresenceKeys {
    /// Users by their last sign of life.
    static let online = "presence:online"

    static func user(_ user: UserID) -> String { "presence:user:\(user.rawValue)" }

    static func route(_ user: UserID, _ connection: ConnectionID) -> String {
        "route:\(user.rawValue):\(connection.rawValue)"
    }

    static func member(_ connection: PresentConnection) -> String {
        "\(connection.podID.rawValue):\(connection.connectionID.rawValue)"
    }

    /// Reads a member, or nil if it is not one.
    static func connection(of user: UserID, member: String) -> PresentConnection? {
        guard let colon = member.utf8.lastIndex(of: UInt8(ascii: ":")),
            let pod = PodID(rawValue: String(member[..<colon])),
            let connection = ConnectionID(rawValue: String(member[member.utf8.index(after: colon)...]))
        else { return nil }
        return PresentConnection(userID: user, connectionID: connection, podID: pod)
    }
}
