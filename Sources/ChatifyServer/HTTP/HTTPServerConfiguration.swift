public import ChatifyWire

/// Where a server listens and what it allows its clients.
public struct HTTPServerConfiguration: Sendable {
    /// The address to listen on, a literal or `localhost`; loopback by default.
    public var host = "127.0.0.1"
    /// The port to listen on, 8080 by default; 0 picks a free one.
    public var port = 8080
    /// The event loops, each a thread with a listener of its own; 0, the default, for one per core.
    public var loops = 0
    /// The connections that may wait to be accepted; 1024 by default.
    public var backlog = 1024
    /// The connections that may be open at once; 100 000 by default.
    ///
    /// As many hub connections may be open, with or without a socket.
    public var maxConnections = 100_000
    /// How long a request may take to arrive, and an idle connection may wait for the next; 30 s by default.
    public var requestTimeout: Duration = .seconds(30)
    /// How long a peer may take for its part of closing; 5 s by default.
    public var closeTimeout: Duration = .seconds(5)
    /// How often deadlines are looked at, and so how late they may be kept; 1 s by default.
    public var tickInterval: Duration = .seconds(1)
    /// How long a stop may take before what is left is cut off; 30 s by default.
    public var shutdownGrace: Duration = .seconds(30)
    /// The bytes that may wait for one client that reads slowly; 1 MiB by default.
    public var maxOutboundBytesPerConnection = 1_048_576
    /// The limits on requests.
    public var http = HTTPLimits()
    /// Whether WebSocket messages are compressed for clients that offer it (RFC 7692); not by default, because it costs
    /// CPU for each message.
    public var compressesWebSockets = false
    /// The limits on WebSocket frames and messages.
    public var webSocket = WebSocketLimits()

    /// The defaults of contracts §8.
    public init() {}
}
