internal import CLibuv

/// What belongs to a loop's own thread: the libuv handles, the shared buffers, the jobs under way, the streams to flush.
///
/// Only `wakeUp` may be used elsewhere, and only for `uv_async_send`.
final class LoopState {
    /// Buffers of one vectored write.
    static let maxVectors = 64
    static let readBufferSize = 65536

    let uv = UnsafeMutablePointer<uv_loop_t>.allocate(capacity: 1)
    let wakeUp = UnsafeMutablePointer<uv_async_t>.allocate(capacity: 1)
    private let beforeBlocking = UnsafeMutablePointer<uv_prepare_t>.allocate(capacity: 1)
    private let stayAwake = UnsafeMutablePointer<uv_idle_t>.allocate(capacity: 1)

    /// Where every stream of the loop reads into, so that a silent stream owns no buffer.
    let readBuffer = UnsafeMutableRawBufferPointer.allocate(byteCount: readBufferSize, alignment: 16)
    /// Where every stream of the loop puts its writes together.
    let vectorSpace = VectorSpace(vectorCount: maxVectors, scratchSize: readBufferSize)

    var batch: [JobInbox.Job] = []
    /// The first job of `batch` that has not run.
    var nextJob = 0

    var dirtyStreams: [TCPStream] = []
    var flushedStreams: [TCPStream] = []

    /// Handles whose closing callback has not come.
    var openHandles = 0
    /// No handle may be made any more.
    var isStopping = false
    /// `uv_loop_close` is near or past: no call to libuv may be made any more.
    var hasEnded = false

    private var cachedNow = ContinuousClock.now
    private var cachedAt: UInt64 = 0

    /// Vectored writes tried since the start.
    var writeCalls = 0

    init() throws(EventLoopError) {
        let status = uv_loop_init(self.uv)
        guard status == 0 else {
            self.freeHandles()
            throw EventLoopError(status: status, during: "making an event loop")
        }
        // The callback is empty: waking is all it is for, the jobs run before the loop blocks again.
        let async = uv_async_init(self.uv, self.wakeUp) { _ in }
        guard async == 0 else {
            uv_loop_close(self.uv)
            self.freeHandles()
            throw EventLoopError(status: async, during: "making an event loop's wake-up")
        }
        uv_prepare_init(self.uv, self.beforeBlocking)
        uv_idle_init(self.uv, self.stayAwake)
        self.wakeUp.pointee.data = nil
        self.stayAwake.pointee.data = nil
    }

    deinit {
        self.readBuffer.deallocate()
        self.vectorSpace.deallocate()
    }

    /// Calls `loop.tick()` each time before libuv would block.
    func startTicking(_ loop: EventLoop) {
        self.uv.pointee.data = Unmanaged.passUnretained(loop).toOpaque()
        self.beforeBlocking.pointee.data = nil
        uv_prepare_start(self.beforeBlocking) { handle in
            guard let data = handle?.pointee.loop.pointee.data else { return }
            Unmanaged<EventLoop>.fromOpaque(data).takeUnretainedValue().tick()
        }
    }

    /// Says whether the coming poll may wait.
    ///
    /// An active idle handle makes libuv poll without waiting (`uv_idle_t`).
    func setMayBlock(_ mayBlock: Bool) {
        if mayBlock {
            uv_idle_stop(self.stayAwake)
        } else {
            uv_idle_start(self.stayAwake) { _ in }
        }
    }

    /// The time, asked once per loop time, which libuv refreshes whenever it comes back from polling.
    var now: ContinuousClock.Instant {
        guard !self.hasEnded else { return ContinuousClock.now }
        let time = uv_now(self.uv)
        if time != self.cachedAt {
            self.cachedAt = time
            self.cachedNow = ContinuousClock.now
        }
        return self.cachedNow
    }

    /// Closes the loop's own handles and the loop itself; zero if libuv agrees that nothing is left.
    func close() -> CInt {
        uv_close(UnsafeMutableRawPointer(self.wakeUp).assumingMemoryBound(to: uv_handle_t.self), nil)
        uv_close(UnsafeMutableRawPointer(self.beforeBlocking).assumingMemoryBound(to: uv_handle_t.self), nil)
        uv_close(UnsafeMutableRawPointer(self.stayAwake).assumingMemoryBound(to: uv_handle_t.self), nil)
        uv_run(self.uv, UV_RUN_DEFAULT)
        let status = uv_loop_close(self.uv)
        // A loop that would not close is leaked whole: somebody may still point into it.
        if status == 0 { self.freeHandles() }
        return status
    }

    private func freeHandles() {
        self.uv.deallocate()
        self.wakeUp.deallocate()
        self.beforeBlocking.deallocate()
        self.stayAwake.deallocate()
    }
}
