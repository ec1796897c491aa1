public import ChatifyCore
internal import ChatifySignalR

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
    /// The key under which the connection is known.
    let token: String
    /// What the connection is let in by.
    let transport: HubTransportKind
    /// Whether the client may come back with another transport.
    let isStateful: Bool
    /// Which connection is to go on over this transport; `nil` for a new one.
    var reattachment: Reattachment?

    /// Where a connection lives that gets another transport, and the number of that transport, of which later ones have greater.
    struct Reattachment: Sendable {
        let home: Confined<HubShard>
        let number: Int
    }

    /// Grants a transport of `connection`, which is in use under `token`.
    init(to connection: OpenConnection, as identity: Identity, token: String) {
        self.connectionID = connection.connectionID
        self.identity = identity
        self.token = token
        self.transport = connection.home.transport
        self.isStateful = connection.isStateful
    }
}
