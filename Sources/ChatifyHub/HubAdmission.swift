public import ChatifyCore

/// The right to open one connection, granted by ``ChatHub/attach(token:bearerToken:claimedUser:)`` or
/// ``HubShard/attachEventStream(token:bearerToken:claimedUser:)``.
///
/// Hand it to ``HubShard/open(_:as:framing:)``, or give it back with ``ChatHub/release(_:)`` if the transport could
/// not be opened.
public struct HubAdmission: Sendable {
    /// The connection's public id.
    public let connectionID: ConnectionID
    /// Who connects.
    public let identity: Identity
    let transport: HubTransportKind
    /// Whether the client may come back with another transport.
    var isStateful = false
    let token: String
    /// Which connection is to go on over this transport; `nil` for a new one.
    var reattachment: Reattachment?

    /// Where a connection lives that gets another transport, and the number of that transport, of which later ones have greater.
    ///
    /// A class, because each connection keeps its admission and few have this.
    final class Reattachment: Sendable {
        let home: Confined<HubShard>
        let number: Int

        init(home: Confined<HubShard>, number: Int) {
            self.home = home
            self.number = number
        }
    }
}

/// Why a hub endpoint refuses a request, as HTTP says it.
public struct HubRejection: Error, Sendable, Hashable {
    /// The HTTP status code.
    public let status: Int
    /// One sentence for people.
    public let reason: String

    init(_ status: Int, _ reason: String) {
        self.status = status
        self.reason = reason
    }

    static let idRequired = HubRejection(400, "Connection ID required")
    static let transportChange = HubRejection(400, "Cannot change transports mid-connection")
    static let notPolled = HubRejection(400, "Only long-polling connections are ended by DELETE.")
    static let takesNoPost = HubRejection(405, "A WebSocket connection takes no POST.")
    static let tooManyPosts = HubRejection(429, "Too many requests of this connection wait for their turn.")
    static let unknownConnection = HubRejection(404, "No Connection with that ID")
    static let alreadyInUse = HubRejection(409, "The connection has a transport already.")
    static let otherUser = HubRejection(403, "The connection belongs to another user.")
    static let tooManyOfUser = HubRejection(429, "This user has too many connections.")
}
