internal import CLibuv

/// A plain mutual-exclusion lock.
///
/// It is `pthread_mutex_t` by way of libuv, because the thread sanitizer does not follow `Synchronization.Mutex` on Linux.
/// Sendable: `uv_mutex_lock`/`unlock` may be called from any thread, and the memory lives as long as the object.
final class ThreadLock: @unchecked Sendable {
    private let mutex = UnsafeMutablePointer<uv_mutex_t>.allocate(capacity: 1)
    private let condition = UnsafeMutablePointer<uv_cond_t>.allocate(capacity: 1)

    init() {
        // Both fail only for lack of memory, where Swift stops too.
        let made = uv_mutex_init(self.mutex) == 0 && uv_cond_init(self.condition) == 0
        precondition(made, "no memory for a lock")
    }

    deinit {
        uv_cond_destroy(self.condition)
        uv_mutex_destroy(self.mutex)
        self.condition.deallocate()
        self.mutex.deallocate()
    }

    @inline(__always)
    func withLock<Value>(_ body: () -> Value) -> Value {
        uv_mutex_lock(self.mutex)
        defer { uv_mutex_unlock(self.mutex) }
        return body()
    }

    /// Gives the lock up until another thread calls ``wakeWaiters()``; only inside ``withLock(_:)``, in a loop.
    func wait() { uv_cond_wait(self.condition, self.mutex) }

    func wakeWaiters() { uv_cond_broadcast(self.condition) }
}
