internal import CLibuv

/// Accepts TCP connections on a loop.
///
/// Confined to its loop, which keeps an open listener alive until ``close()``. When the operating system refuses to accept (`EMFILE` and
/// its like), the listener says so through ``onAcceptError``, leaves the waiting clients in the kernel's queue, and tries again after
/// 100 milliseconds, so that it never spins.
public final class TCPListener {
    /// How long accepting rests after the operating system refused.
    static let restAfterError = Duration.milliseconds(100)
    /// Connections accepted before other sockets have their turn.
    static let maxAcceptsPerTick = 64

    /// The loop on which connections are accepted and served.
    public let loop: EventLoop
    /// The port listened on, 1 to 65535, also when port 0 was asked for.
    public let port: Int
    /// Called when accepting failed, at most ten times a second.
    public var onAcceptError: ((EventLoopError) -> Void)?

    private let socket: CInt
    private let handle = UnsafeMutablePointer<uv_poll_t>.allocate(capacity: 1)
    private var onConnection: ((TCPStream) -> Void)?
    private var restTimer: LoopTimer?

    /// Listens on `host`, which is an IPv4 or IPv6 literal or `localhost` (127.0.0.1).
    ///
    /// Only on the loop.
    ///
    /// Port 0 lets the operating system choose. `::` takes IPv4 too where the system says so (Linux's `bindv6only`). The streams given to
    /// `onConnection` have TCP_NODELAY set, no handler yet, and do not read until told to.
    /// - Parameters:
    ///   - backlog: connections that wait to be accepted; the kernel may have a lower limit.
    ///   - sharesPort: sets SO_REUSEPORT, so that several loops (and any process of the same user: see ``probe(host:port:)``) listen on one
    ///     port and the kernel spreads the connections.
    /// - Throws: ``EventLoopError``, such as ``EventLoopError/Code/addressInUse``.
    public init(
        loop: EventLoop,
        host: String,
        port: Int,
        backlog: Int = 1024,
        sharesPort: Bool = false,
        onConnection: @escaping (TCPStream) -> Void
    ) throws(EventLoopError) {
        loop.preconditionCurrent()
        self.loop = loop
        let attempt = "listening on \(host):\(port)"
        do throws(EventLoopError) {
            guard !loop.state.isStopping else { throw .shuttingDown(during: attempt) }
            self.socket = try Self.open(host, port, backlog: backlog, sharesPort: sharesPort, attempt)
        } catch {
            self.handle.deallocate()
            throw error
        }
        self.port = Int(chatify_local_port(self.socket))
        let status = uv_poll_init(loop.state.uv, self.handle, self.socket)
        guard status == 0 else {
            chatify_close_socket(self.socket)
            self.handle.deallocate()
            throw EventLoopError(status: status, during: attempt)
        }
        loop.state.adopt(self.handle, owner: self)
        self.onConnection = onConnection
        self.startAccepting()
    }

    /// Throws if another socket listens on the address, even one that would share the port; leaves nothing behind, any thread.
    ///
    /// Listeners that share a port would silently split the connections with another process that shares it too; ask this
    /// before the first of them.
    /// - Throws: ``EventLoopError``, such as ``EventLoopError/Code/addressInUse``.
    public static func probe(host: String, port: Int) throws(EventLoopError) {
        let attempt = "looking whether \(host):\(port) is free"
        chatify_close_socket(try self.open(host, port, backlog: 1, sharesPort: false, attempt))
    }

    /// Stops listening; the port is free at once, and accepted streams live on.
    ///
    /// Only on the loop; again does nothing.
    public func close() {
        self.loop.preconditionCurrent()
        guard self.onConnection != nil else { return }
        self.onConnection = nil
        self.onAcceptError = nil
        self.restTimer = nil
        uv_close(LoopState.base(self.handle)) { handle in
            guard let handle, let listener = LoopState.owner(of: handle.pointee.data, as: TCPListener.self) else {
                return
            }
            _ = listener.loop.state.release(handle, as: TCPListener.self)
            listener.handle.deallocate()
        }
        // After `uv_close`, which takes the descriptor out of libuv's poll set.
        chatify_close_socket(self.socket)
    }

    private static func open(
        _ host: String,
        _ port: Int,
        backlog: Int,
        sharesPort: Bool,
        _ attempt: String
    ) throws(EventLoopError) -> CInt {
        let address = try SocketAddress(host: host, port: port)
        let backlog = CInt(clamping: max(1, backlog))
        let socket = address.withPointer { chatify_listen($0, backlog, sharesPort ? 1 : 0) }
        try check(socket, attempt)
        return socket
    }

    // The socket is polled and accepted from here, as `uv_listen` answers EMFILE by closing the waiting clients, or by spinning.
    private func startAccepting() {
        uv_poll_start(self.handle, CInt(UV_READABLE.rawValue)) { handle, _, _ in
            LoopState.owner(of: handle?.pointee.data, as: TCPListener.self)?.acceptWaiting()
        }
    }

    private func acceptWaiting() {
        for _ in 0..<Self.maxAcceptsPerTick {
            guard let onConnection = self.onConnection else { return }
            let accepted = chatify_accept(self.socket)
            switch accepted {
            case 0...:
                self.serve(accepted, onConnection)
            case UV_EAGAIN.rawValue:
                return
            case UV_ECONNABORTED.rawValue, UV_EINTR.rawValue, UV_EPROTO.rawValue:
                continue  // that client is gone; the next may be well (accept(2), "Error handling")
            default:
                self.rest(after: accepted)
                return
            }
        }
    }

    private func serve(_ socket: CInt, _ onConnection: (TCPStream) -> Void) {
        do {
            onConnection(try TCPStream(loop: self.loop, accepted: socket))
        } catch {
            chatify_close_socket(socket)
            self.onAcceptError?(error)
        }
    }

    private func rest(after status: CInt) {
        uv_poll_stop(self.handle)
        let timer = self.restTimer ?? LoopTimer(loop: self.loop)
        self.restTimer = timer
        timer.schedule(after: Self.restAfterError) { [unowned self] in self.startAccepting() }
        self.onAcceptError?(EventLoopError(status: status, during: "accepting on port \(self.port)"))
    }
}

extension TCPListener: LoopOwned {
    func closeForShutdown() { self.close() }
}

@available(*, unavailable, message: "a listener is confined to its loop")
extension TCPListener: Sendable {}
