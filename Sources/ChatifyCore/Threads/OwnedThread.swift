#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#endif

/// A thread of our own for calls into C that block, which have no place on the cooperative pool.
///
/// It runs one body and ends. ``join()`` waits for the end without blocking a thread of the pool.
package final class OwnedThread: Sendable {
    private struct State {
        var hasEnded = false
        var waiters: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Locked(State())

    /// Starts a thread.
    /// - Parameter body: What the thread does; it has to end when its owner wants it to.
    package init(_ body: @escaping @Sendable () -> Void) {
        let start = Unmanaged.passRetained(Start(body: body, thread: self))
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        defer { pthread_attr_destroy(&attributes) }
        // Nobody joins it by its handle: its last act is to say that it has ended.
        pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        #if canImport(Darwin)
            var handle: pthread_t?
        #else
            var handle = pthread_t()
        #endif
        let result = pthread_create(&handle, &attributes, runThread, start.toOpaque())
        precondition(result == 0, "pthread_create failed with \(result)")
    }

    /// Returns when the body has ended; at once if it has already.
    package func join() async {
        await withCheckedContinuation { continuation in
            let hasEnded = self.state.withLock { state in
                if !state.hasEnded { state.waiters.append(continuation) }
                return state.hasEnded
            }
            if hasEnded { continuation.resume() }
        }
    }

    fileprivate func ended() {
        let waiters = self.state.withLock { state in
            state.hasEnded = true
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume() }
    }
}

/// What a new thread is handed.
private final class Start {
    let body: @Sendable () -> Void
    let thread: OwnedThread

    init(body: @escaping @Sendable () -> Void, thread: OwnedThread) {
        self.body = body
        self.thread = thread
    }
}

#if canImport(Darwin)
    private typealias ThreadArgument = UnsafeMutableRawPointer
#else
    private typealias ThreadArgument = UnsafeMutableRawPointer?
#endif

private func runThread(_ argument: ThreadArgument) -> UnsafeMutableRawPointer? {
    let pointer: UnsafeMutableRawPointer? = argument
    guard let pointer else { return nil }
    let start = Unmanaged<Start>.fromOpaque(pointer).takeRetainedValue()
    start.body()
    start.thread.ended()
    return nil
}
