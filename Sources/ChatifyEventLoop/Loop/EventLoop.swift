internal import CLibuv
internal import Synchronization

/// A thread with a libuv loop that runs jobs, timers and sockets, and serves as an executor for actors and tasks.
///
/// Everything that hangs on a loop (``TCPStream``, ``TCPListener``, ``LoopTimer``, ``SignalSource``) is confined to its thread;
/// the loop itself may be used from any. One turn of the loop, a tick, is: run the jobs that wait (at most 256, then sockets
/// have their turn), flush every stream that was written to, wait for the operating system, call back.
///
/// A loop runs until ``shutdown()``; one that is never shut down keeps its thread for ever.
public final class EventLoop: SerialExecutor, TaskExecutor {
    /// The name given at the start; also the thread's, cut to 15 bytes.
    public let name: String

    let inbox = JobInbox()
    let thread = LoopThread()
    /// Confined to the loop's thread (see ``LoopState``); ``state`` itself never changes.
    nonisolated(unsafe) let state: LoopState
    /// The thread that runs this loop's jobs now; 0 for none.
    let owner = Atomic<UInt>(0)

    /// Jobs run in one tick before sockets have their turn.
    static let maxJobsPerTick = 256

    /// Starts a loop and its thread.
    ///
    /// On that thread, and there alone, SIGPIPE is blocked: writing to a socket that the peer has closed is the error `EPIPE`.
    /// - Throws: ``EventLoopError`` if the process may have no more files or threads.
    public init(name: String) throws(EventLoopError) {
        self.name = name
        self.state = try LoopState()
        self.state.startTicking(self)
        do {
            try self.thread.start(self)
        } catch {
            _ = self.state.close()
            throw error
        }
    }

    /// Whether the caller runs on this loop's thread.
    @inline(__always)
    public var isCurrent: Bool { self.owner.load(ordering: .relaxed) == chatify_thread_id() }

    /// Stops the program unless the caller runs on this loop's thread.
    @inline(__always)
    public func preconditionCurrent() {
        precondition(self.isCurrent, "used away from the thread of its event loop")
    }

    /// The time as of this tick: at most the length of a tick plus a millisecond behind.
    ///
    /// Only on the loop.
    public var now: ContinuousClock.Instant {
        self.preconditionCurrent()
        return self.state.now
    }

    /// Whether the loop closes what hangs on it, or has done so; nothing new can be made on it then.
    ///
    /// Only on the loop.
    public var isShuttingDown: Bool {
        self.preconditionCurrent()
        return self.state.isStopping
    }

    /// Runs `work` on the loop, after everything handed over before it by the same thread.
    ///
    /// Any thread may call this. After the loop's end, `work` runs on the calling thread, or on that of another caller, but still one
    /// at a time, so that no task waits for ever; nothing of libuv works by then.
    public func execute(_ work: @escaping @Sendable () -> Void) {
        self.add(.closure(work))
    }

    /// Runs `body` on the loop, in turn, and returns its outcome.
    public func run<Value: Sendable, Failure: Error>(
        _ body: @escaping @Sendable () throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        let result: Result<Value, Failure> = await withCheckedContinuation { continuation in
            self.execute {
                do throws(Failure) {
                    continuation.resume(returning: .success(try body()))
                } catch {
                    continuation.resume(returning: .failure(error))
                }
            }
        }
        return try result.get()
    }

    func add(_ job: JobInbox.Job) {
        switch self.inbox.append(job, fromLoop: self.isCurrent) {
        case .none:
            return
        case .wake:
            // The one libuv call that other threads may make; the handle stays open until `wakeUpSent`.
            self.keepingAlive {
                uv_async_send(self.state.wakeUp)
                self.inbox.wakeUpSent()
            }
        case .runLeftovers:
            self.keepingAlive { self.runLeftovers() }
        }
    }

    /// Holds on to the loop itself: the job that was put in may be the last that does, and be done any time from now on.
    private func keepingAlive(_ body: () -> Void) {
        let loop = Unmanaged.passRetained(self)
        defer { loop.release() }
        body()
    }
}
