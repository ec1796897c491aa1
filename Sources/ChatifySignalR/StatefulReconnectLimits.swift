/// What connections may cost whose clients come back with another transport (signalr.md §9).
public struct StatefulReconnectLimits: Hashable, Sendable {
    /// The bytes of messages that were not acknowledged yet beyond which streams wait; 100 000 by default, as with ASP.NET.
    public var bufferSize = 100_000
    /// How long a connection stays without a transport; 30 s by default, and zero for never.
    public var window: Duration = .seconds(30)
    /// The bytes that may be queued for one client; 1 MiB by default.
    ///
    /// Three quarters of it may wait to be acknowledged: so all of that can be sent again, and what is said meanwhile.
    public var maximumQueuedBytes = 1_048_576

    /// The defaults.
    public init() {}

    /// Whether clients that ask for stateful reconnect get it.
    public var isOffered: Bool { self.window > .zero }

    /// The bytes that may wait to be acknowledged before a client counts as one that does not keep up.
    var maximumKeptBytes: Int { self.maximumQueuedBytes / 4 * 3 }
}
