internal import CLibuv

/// Says on a loop when somebody else's socket can be read or written, for C libraries that do their own input and output.
///
/// Confined to its loop, which keeps an open poll alive until ``close()``. The descriptor stays its owner's, who must close the poll
/// before it; two polls of one descriptor are not allowed (libuv, `uv_poll_t`).
public final class LoopPoll {
    /// What a socket is ready for, or what is asked about it.
    public struct Readiness: OptionSet, Sendable, Hashable {
        /// The bits, as libuv has them.
        public let rawValue: Int32

        /// Takes any bits.
        public init(rawValue: Int32) { self.rawValue = rawValue }

        /// There is something to read, or the end, or an error.
        public static let readable = Readiness(rawValue: Int32(UV_READABLE.rawValue))
        /// There is room to write, or an error.
        public static let writable = Readiness(rawValue: Int32(UV_WRITABLE.rawValue))
    }

    /// The loop on which the functions are called.
    public let loop: EventLoop
    /// What is asked for now.
    public private(set) var interest: Readiness = []
    /// Times the operating system was asked anew.
    package private(set) var armCount = 0

    private let handle = UnsafeMutablePointer<uv_poll_t>.allocate(capacity: 1)
    private var onReady: ((Readiness) -> Void)?
    private var onShutdown: (() -> Void)?

    /// Takes a socket to watch, and asks for nothing yet.
    ///
    /// Only on the loop. The socket becomes non-blocking.
    /// - Parameters:
    ///   - descriptor: the socket's file descriptor.
    ///   - onReady: called for as long as the socket is ready for what is asked. After an error on the socket it is called once with all
    ///     that was asked for, then nothing is asked any more.
    ///   - onShutdown: called once if the loop's shutdown closes the poll.
    /// - Throws: ``EventLoopError`` if the descriptor cannot be polled or the loop is shutting down.
    public init(
        loop: EventLoop,
        descriptor: Int32,
        onReady: @escaping (Readiness) -> Void,
        onShutdown: @escaping () -> Void = {}
    ) throws(EventLoopError) {
        loop.preconditionCurrent()
        let attempt = "polling descriptor \(descriptor)"
        self.loop = loop
        guard !loop.state.isStopping else {
            self.handle.deallocate()
            throw .shuttingDown(during: attempt)
        }
        let status = uv_poll_init(loop.state.uv, self.handle, descriptor)
        guard status == 0 else {
            self.handle.deallocate()
            throw EventLoopError(status: status, during: attempt)
        }
        loop.state.adopt(self.handle, owner: self)
        self.onReady = onReady
        self.onShutdown = onShutdown
    }

    /// Asks for `interest` from now on; the operating system is bothered only if that is a change.
    ///
    /// Only on the loop; nothing after ``close()``.
    public func watch(_ interest: Readiness) {
        self.loop.preconditionCurrent()
        guard self.onReady != nil, interest != self.interest else { return }
        self.interest = interest
        self.armCount += 1
        guard !interest.isEmpty else {
            uv_poll_stop(self.handle)
            return
        }
        uv_poll_start(self.handle, interest.rawValue) { handle, status, events in
            LoopState.owner(of: handle?.pointee.data, as: LoopPoll.self)?.polled(status, events)
        }
    }

    /// Ends the watch and releases the functions; the descriptor may be closed at once.
    ///
    /// Only on the loop; again does nothing.
    public func close() {
        self.loop.preconditionCurrent()
        guard self.onReady != nil else { return }
        self.interest = []
        self.onReady = nil
        self.onShutdown = nil
        uv_close(LoopState.base(self.handle)) { handle in
            guard let handle, let poll = LoopState.owner(of: handle.pointee.data, as: LoopPoll.self) else { return }
            _ = poll.loop.state.release(handle, as: LoopPoll.self)
            poll.handle.deallocate()
        }
    }

    private func polled(_ status: CInt, _ events: CInt) {
        guard let onReady = self.onReady else { return }
        guard status == 0 else {
            // libuv stops a poll that has an error (`uv__poll_io`); reading or writing tells the owner which it is.
            let asked = self.interest
            self.interest = []
            onReady(asked)
            return
        }
        let ready = Readiness(rawValue: events).intersection(self.interest)
        if !ready.isEmpty { onReady(ready) }
    }
}

extension LoopPoll: LoopOwned {
    func closeForShutdown() {
        let onShutdown = self.onShutdown
        self.close()
        onShutdown?()
    }
}

@available(*, unavailable, message: "a poll is confined to its loop")
extension LoopPoll: Sendable {}
