internal import CLibuv

/// Calls a function on a loop whenever the process gets a signal.
///
/// Confined to its loop. While at least one source is open for a number, the process no longer dies of that signal; several sources, on
/// several loops too, all hear of it. SIGPIPE needs none: loops block it on their threads.
public final class SignalSource {
    /// A signal number of the operating system.
    public struct Number: RawRepresentable, Hashable, Sendable {
        /// The number, as in `signal(7)`.
        public let rawValue: Int32

        /// Takes any number; those that cannot be caught make ``SignalSource/init(loop:number:onSignal:)`` throw.
        public init(rawValue: Int32) { self.rawValue = rawValue }

        /// SIGTERM: please end.
        public static let terminate = Number(rawValue: SIGTERM)
        /// SIGINT: Control-C.
        public static let interrupt = Number(rawValue: SIGINT)
        /// SIGHUP: the terminal is gone, or by custom: read your settings again.
        public static let hangUp = Number(rawValue: SIGHUP)
        /// SIGUSR1: free for the application.
        public static let user1 = Number(rawValue: SIGUSR1)
        /// SIGUSR2: free for the application.
        public static let user2 = Number(rawValue: SIGUSR2)
    }

    /// The loop on which the function is called.
    public let loop: EventLoop
    private let handle = UnsafeMutablePointer<uv_signal_t>.allocate(capacity: 1)
    private var onSignal: (() -> Void)?

    /// Starts to listen, until ``close()`` or the loop's shutdown.
    ///
    /// Only on the loop.
    ///
    /// The open source is kept alive by its loop. Signals that come in quick succession may be merged.
    /// - Throws: ``EventLoopError`` if the signal cannot be caught or the loop is shutting down.
    public init(loop: EventLoop, number: Number, onSignal: @escaping () -> Void) throws(EventLoopError) {
        loop.preconditionCurrent()
        let attempt = "listening for signal \(number.rawValue)"
        self.loop = loop
        guard !loop.state.isStopping else {
            self.handle.deallocate()
            throw .shuttingDown(during: attempt)
        }
        let status = uv_signal_init(loop.state.uv, self.handle)
        guard status == 0 else {
            self.handle.deallocate()
            throw EventLoopError(status: status, during: attempt)
        }
        loop.state.adopt(self.handle, owner: self)
        self.onSignal = onSignal
        let started = uv_signal_start(
            self.handle,
            { handle, _ in LoopState.owner(of: handle?.pointee.data, as: SignalSource.self)?.onSignal?() },
            number.rawValue
        )
        guard started == 0 else {
            self.close()
            throw EventLoopError(status: started, during: attempt)
        }
    }

    /// Stops listening and releases the function.
    ///
    /// Only on the loop; again does nothing.
    public func close() {
        self.loop.preconditionCurrent()
        guard self.onSignal != nil else { return }
        self.onSignal = nil
        uv_close(LoopState.base(self.handle)) { handle in
            guard let handle, let source = LoopState.owner(of: handle.pointee.data, as: SignalSource.self) else {
                return
            }
            _ = source.loop.state.release(handle, as: SignalSource.self)
            source.handle.deallocate()
        }
    }
}

extension SignalSource: LoopOwned {
    func closeForShutdown() { self.close() }
}

@available(*, unavailable, message: "a signal source is confined to its loop")
extension SignalSource: Sendable {}
