public import ChatifySignalR

/// How a hub treats its connections; the defaults are those of contracts §8.
public struct HubConfiguration: Sendable {
    /// The transports that clients are offered; all by default.
    ///
    /// Whoever comes by another is refused with status 404. Only over WebSockets is stateful reconnect agreed on.
    public var transports = Set(HubTransportKind.all)
    /// The protocols that clients may speak; JSON and MessagePack by default.
    public var protocols: [any HubProtocol] = [JSONHubProtocol(), MessagePackHubProtocol()]
    /// Keep-alive, time-outs and the size of a record (signalr.md §8).
    public var limits = HubLimits()
    /// The scopes one connection may be joined to; 128 by default.
    public var maximumScopesPerConnection = 128
    /// The connections one user may have on this pod; 0, the default, for no limit.
    public var maximumConnectionsPerUser = 0
    /// The streams to one client that may run at once; 8 by default.
    public var maximumStreamsPerConnection = 8
    /// The invocations of one client by ``HubConnection/invoke(_:_:within:)`` that may wait for their answers; 16 by default.
    public var maximumClientInvocations = 16
    /// The invocations of one connection that may wait for their turn before its reading is paused; at least 1, 16 by default.
    public var maximumWaitingInvocations = 16
    /// How long a negotiated connection waits for its transport; 15 s by default.
    public var negotiationLifetime: Duration = .seconds(15)
    /// The negotiated connections that may wait for their transport; 100 000 by default, then negotiation is refused.
    public var maximumNegotiations = 100_000
    /// How often a pod asks who is online of those whom its connections watch; 5 s by default.
    public var presenceInterval: Duration = .seconds(5)
    /// The most users it asks for at once; 10 000 by default, beyond which they take turns.
    public var maximumPresenceBatch = 10_000
    /// The queued bytes beyond which a connection gets nothing that may be lost; 512 KiB by default, half of the server's bound.
    public var maximumQueuedBytesForEphemeral = 524_288

    /// How connections that poll are treated.
    public var longPolling = LongPollingLimits()
    /// The requests of one connection that may wait because its reading is paused; 16 by default, then more are refused.
    public var maximumWaitingPosts = 16
    /// The bytes that such requests may hold; 1 MiB by default.
    ///
    /// One may wait however long it is.
    public var maximumWaitingPostBytes = 1_048_576
    /// How connections are treated whose clients may come back with another transport.
    public var statefulReconnect = StatefulReconnectLimits()
    /// How far back clients may resume, and what that may cost.
    public var resume = ResumeConfiguration()

    /// The defaults of contracts §8.
    public init() {}
}
