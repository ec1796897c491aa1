/// What a WebSocket peer may send at most; more is refused with close code 1009 from the frame's header alone.
public struct WebSocketLimits: Sendable, Equatable {
    /// Bytes of one frame's payload (default 1 MiB).
    public var maxFrameBytes = 1 << 20
    /// Bytes of a message over all its frames (default 1 MiB).
    public var maxMessageBytes = 1 << 20
    /// Bytes of a message that came compressed, after it was inflated (default 1 MiB); whoever inflates keeps it.
    public var maxInflatedBytes = 1 << 20

    /// Creates the default limits.
    public init() {}
}
