/// What a connection may take and how long it may be silent; the defaults are ASP.NET's.
public struct HubLimits: Hashable, Sendable {
    /// A ping is due when nothing was sent for this long.
    public var keepAlive: Duration
    /// A client that pings is dropped when nothing came from it for this long.
    public var clientTimeout: Duration
    /// How long the client may take for its handshake.
    public var handshakeTimeout: Duration
    /// The greatest record in bytes, its framing included.
    public var maximumReceiveMessageSize: Int

    /// Sets the limits; each has ASP.NET's default.
    public init(
        keepAlive: Duration = .seconds(15),
        clientTimeout: Duration = .seconds(30),
        handshakeTimeout: Duration = .seconds(15),
        maximumReceiveMessageSize: Int = 32768
    ) {
        self.keepAlive = keepAlive
        self.clientTimeout = clientTimeout
        self.handshakeTimeout = handshakeTimeout
        self.maximumReceiveMessageSize = maximumReceiveMessageSize
    }
}
