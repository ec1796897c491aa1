internal import CLibuv

/// A TCP connection, confined to its loop.
///
/// Writes are queued and leave together at the end of the tick. An open stream is kept alive by its loop, and keeps its handler alive; both
/// end with ``TCPStreamHandler/closed(_:)``. Every call must come from the loop's thread.
public final class TCPStream {
    enum Phase: UInt8 {
        case connecting, open
        /// Writes what is queued, says FIN, waits for the peer's; takes nothing new.
        case finishing
        /// `uv_close` was called.
        case closing
        case closed
    }

    /// The loop that serves the stream.
    public let loop: EventLoop
    /// Who hears what happens; set it before ``startReading()``.
    public var handler: (any TCPStreamHandler)?

    let handle = UnsafeMutablePointer<uv_tcp_t>.allocate(capacity: 1)
    var outbound = OutboundQueue()
    /// Ends a graceful close that takes too long.
    var deadline: LoopTimer?
    /// Why the stream closes; a libuv status, 0 for no error.
    var closeStatus: CInt = 0
    var phase = Phase.connecting
    /// Waits in ``LoopState/dirtyStreams``.
    var isDirty = false
    /// A write request has bytes of ours.
    var isWriting = false
    var hasSentEnd = false
    var hasSeenEnd = false

    /// A stream with a handle but no socket.
    init(unconnectedOn loop: EventLoop, during attempt: String) throws(EventLoopError) {
        self.loop = loop
        guard !loop.state.isStopping else {
            self.handle.deallocate()
            throw .shuttingDown(during: attempt)
        }
        let status = uv_tcp_init(loop.state.uv, self.handle)
        guard status == 0 else {
            self.handle.deallocate()
            throw EventLoopError(status: status, during: attempt)
        }
        loop.state.adopt(self.handle, owner: self)
    }

    /// A stream over a connected socket, which it owns from here on, unless this throws.
    convenience init(loop: EventLoop, accepted socket: CInt) throws(EventLoopError) {
        try self.init(unconnectedOn: loop, during: "serving a connection")
        let status = uv_tcp_open(self.handle, socket)
        guard status == 0 else {
            self.close()
            throw EventLoopError(status: status, during: "serving a connection")
        }
        self.becomeOpen()
    }

    func becomeOpen() {
        self.phase = .open
        // Coalescing is done per tick; Nagle's would only add a round trip. A failure (the peer is gone already) shows at the next read.
        uv_tcp_nodelay(self.handle, 1)
    }

    /// The handle as the type that libuv's stream functions take.
    var streamHandle: UnsafeMutablePointer<uv_stream_t> {
        UnsafeMutableRawPointer(self.handle).assumingMemoryBound(to: uv_stream_t.self)
    }

    /// Whether the stream takes writes: connected, and nobody has begun to close it.
    public var isOpen: Bool { self.phase == .open }

    /// The peer's address as `192.0.2.1:80` or `[2001:db8::1]:80`; empty once closed.
    ///
    /// Costs a system call.
    public var peerAddress: String {
        self.loop.preconditionCurrent()
        guard self.phase != .closing, self.phase != .closed else { return "" }
        var storage = sockaddr_storage()
        var length = CInt(MemoryLayout<sockaddr_storage>.size)
        let status = withUnsafeMutablePointer(to: &storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { uv_tcp_getpeername(self.handle, $0, &length) }
        }
        return status == 0 ? SocketAddress.describe(&storage) : ""
    }
}

@available(*, unavailable, message: "a stream is confined to its loop")
extension TCPStream: Sendable {}
