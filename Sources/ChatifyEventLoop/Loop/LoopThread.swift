internal import CLibuv

/// The thread of one loop: started once, joined once, awaited by any number.
///
/// Sendable: the fields are touched only inside `lock`; `uv_thread_join` may be called from any other thread, once.
final class LoopThread: @unchecked Sendable {
    private enum Phase { case running, finished, joining, joined }

    private let lock = ThreadLock()
    private let thread = UnsafeMutablePointer<uv_thread_t>.allocate(capacity: 1)
    private var phase = Phase.running
    private var waiters: [CheckedContinuation<Void, Never>] = []
    private var loopCloseStatus: CInt?

    deinit { self.thread.deallocate() }

    /// What `uv_loop_close` answered, once it has.
    var closeStatus: CInt? { self.lock.withLock { self.loopCloseStatus } }

    func start(_ loop: EventLoop) throws(EventLoopError) {
        let argument = Unmanaged.passRetained(loop)
        let status = uv_thread_create(
            self.thread,
            { argument in
                guard let argument else { return }
                Unmanaged<EventLoop>.fromOpaque(argument).takeRetainedValue().runThread()
            },
            argument.toOpaque()
        )
        guard status == 0 else {
            argument.release()
            throw EventLoopError(status: status, during: "starting the thread of loop \(loop.name)")
        }
    }

    /// The thread's own last word.
    func finish(closeStatus: CInt) {
        let waiters = self.lock.withLock {
            self.loopCloseStatus = closeStatus
            if self.phase == .running { self.phase = .finished }
            defer { self.waiters = [] }
            return self.waiters
        }
        for waiter in waiters { waiter.resume() }
    }

    /// Returns when the thread has said its last word.
    func finished() async {
        await withCheckedContinuation { continuation in
            let isOver = self.lock.withLock {
                if self.loopCloseStatus == nil { self.waiters.append(continuation) }
                return self.loopCloseStatus != nil
            }
            if isOver { continuation.resume() }
        }
    }

    /// Blocks until the thread is gone; never on the thread itself.
    func join() {
        let isMine = self.lock.withLock {
            while self.phase == .joining { self.lock.wait() }
            defer { if self.phase != .joined { self.phase = .joining } }
            return self.phase != .joined
        }
        guard isMine else { return }
        uv_thread_join(self.thread)
        self.lock.withLock {
            self.phase = .joined
            self.lock.wakeWaiters()
        }
    }
}
