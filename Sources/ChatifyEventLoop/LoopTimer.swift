internal import CLibuv

/// Calls a function on a loop after a while, once or again and again.
///
/// Confined to its loop. Releasing the timer cancels it; released on another thread, it may fire until the loop hears of it.
/// The resolution is a millisecond. The loop's ``EventLoop/shutdown()`` cancels every timer.
public final class LoopTimer {
    private let core: TimerCore

    /// Makes a timer that is not yet set.
    ///
    /// Only on the loop.
    /// - Parameters:
    ///   - loop: the loop that calls.
    ///   - onShutdown: called once if the loop's shutdown closes the timer, set or not; never on a loop that shuts down already.
    public init(loop: EventLoop, onShutdown: (() -> Void)? = nil) {
        loop.preconditionCurrent()
        self.core = TimerCore(loop: loop, onShutdown: onShutdown)
    }

    deinit {
        let loop = self.core.loop
        if loop.isCurrent {
            self.core.close()
        } else {
            // Safe to carry over: nobody else has the core any more, and it is used on the loop alone.
            nonisolated(unsafe) let core = self.core
            loop.execute { core.close() }
        }
    }

    /// Whether the timer is set.
    public var isScheduled: Bool { self.core.body != nil }

    /// Sets the timer anew: `body` is called after `delay` and then every `interval`, or once without one.
    ///
    /// Only on the loop.
    ///
    /// Durations are rounded up to milliseconds; an interval is at least one. Timers due at the same millisecond fire in the order in which
    /// they were set. A repeating timer that falls behind skips what it missed. On a loop that is shutting down nothing happens.
    public func schedule(after delay: Duration, repeating interval: Duration? = nil, _ body: @escaping () -> Void) {
        self.core.loop.preconditionCurrent()
        self.core.start(
            delay.timerMilliseconds,
            repeating: interval.map { max(1, $0.timerMilliseconds) } ?? 0,
            body
        )
    }

    /// Unsets the timer; its function is released and never called again.
    ///
    /// Only on the loop, at any time.
    public func cancel() {
        self.core.loop.preconditionCurrent()
        self.core.stop()
    }
}

@available(*, unavailable, message: "a timer is confined to its loop")
extension LoopTimer: Sendable {}

/// The part of a timer that its handle retains, so that a timer may be released on any thread.
private final class TimerCore: LoopOwned {
    let loop: EventLoop
    private let handle = UnsafeMutablePointer<uv_timer_t>.allocate(capacity: 1)
    private(set) var body: (() -> Void)?
    private var onShutdown: (() -> Void)?
    private var repeats = false
    private var isClosed = false

    init(loop: EventLoop, onShutdown: (() -> Void)?) {
        self.loop = loop
        guard !loop.state.isStopping else {
            self.isClosed = true
            self.handle.deallocate()
            return
        }
        uv_timer_init(loop.state.uv, self.handle)
        loop.state.adopt(self.handle, owner: self)
        self.onShutdown = onShutdown
    }

    func start(_ delay: UInt64, repeating interval: UInt64, _ body: @escaping () -> Void) {
        guard !self.isClosed else { return }
        self.body = body
        self.repeats = interval > 0
        // libuv counts from its cached time, which lags behind when the tick was long.
        uv_update_time(self.loop.state.uv)
        uv_timer_start(
            self.handle,
            { LoopState.owner(of: $0?.pointee.data, as: TimerCore.self)?.fire() },
            delay,
            interval
        )
    }

    private func fire() {
        guard let body = self.body else { return }
        if !self.repeats { self.body = nil }
        body()
    }

    func stop() {
        guard !self.isClosed else { return }
        self.body = nil
        uv_timer_stop(self.handle)
    }

    func close() {
        guard !self.isClosed else { return }
        self.isClosed = true
        self.body = nil
        self.onShutdown = nil
        uv_close(LoopState.base(self.handle)) { handle in
            guard let handle, let core = LoopState.owner(of: handle.pointee.data, as: TimerCore.self) else { return }
            _ = core.loop.state.release(handle, as: TimerCore.self)
            core.handle.deallocate()
        }
    }

    func closeForShutdown() {
        let onShutdown = self.onShutdown
        self.close()
        onShutdown?()
    }
}
