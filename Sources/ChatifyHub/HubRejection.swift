internal import ChatifySignalR

/// Why a hub endpoint refuses a request, as HTTP says it.
///
/// With status 503, at any of them, who asks cannot be identified at the moment.
public struct HubRejection: Error, Sendable, Hashable {
    /// The HTTP status code.
    public let status: Int
    /// One sentence for people.
    public let reason: String

    /// Makes a rejection of its parts.
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

    /// The hub does not serve the transport by which somebody comes.
    static func notServed(_ transport: HubTransportKind) -> HubRejection {
        HubRejection(404, "This hub does not serve \(transport.name).")
    }
}
