#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#endif

/// A value behind a lock that threads can wait at until it changes.
///
/// For threads we own, never for the cooperative pool: ``wait(atMost:until:)`` blocks. Sendable because the value is
/// reached only under the lock; mutex and condition have addresses of their own on the heap, as POSIX demands.
package final class Monitor<Value>: @unchecked Sendable {
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var value: Value

    package init(_ value: sending Value) {
        self.mutex.initialize(to: pthread_mutex_t())
        self.condition.initialize(to: pthread_cond_t())
        let isMade = pthread_mutex_init(self.mutex, nil) == 0 && makeCondition(self.condition) == 0
        precondition(isMade, "no memory for a lock")
        self.value = value
    }

    deinit {
        pthread_cond_destroy(self.condition)
        pthread_mutex_destroy(self.mutex)
        self.condition.deallocate()
        self.mutex.deallocate()
    }

    /// Runs `body` with the lock held, and wakes one waiting thread if it is to.
    package func withLock<Result>(
        waking isWaking: Bool = false,
        _ body: (inout Value) -> sending Result
    ) -> sending Result {
        self.withLockDecidingToWake { value, wakes in
            wakes = isWaking
            return body(&value)
        }
    }

    /// Runs `body` with the lock held; if it sets its second argument, wakes one waiting thread.
    package func withLockDecidingToWake<Result>(
        _ body: (_ value: inout Value, _ wakes: inout Bool) -> sending Result
    ) -> sending Result {
        pthread_mutex_lock(self.mutex)
        defer { pthread_mutex_unlock(self.mutex) }
        var wakes = false
        let result = body(&self.value, &wakes)
        if wakes { pthread_cond_signal(self.condition) }
        return result
    }

    /// Runs `body` with the lock held, and wakes all waiting threads.
    package func withLockWakingAll<Result>(_ body: (inout Value) -> sending Result) -> sending Result {
        pthread_mutex_lock(self.mutex)
        defer { pthread_mutex_unlock(self.mutex) }
        let result = body(&self.value)
        pthread_cond_broadcast(self.condition)
        return result
    }

    /// Blocks this thread until `body` returns something, asking it again after every wake-up; `nil` when the time is over.
    package func wait<Result>(atMost time: Duration?, until body: (inout Value) -> sending Result?) -> sending Result? {
        let deadline = time.map { ContinuousClock.now.advanced(by: $0) }
        pthread_mutex_lock(self.mutex)
        defer { pthread_mutex_unlock(self.mutex) }
        while true {
            if let result = body(&self.value) { return result }
            guard let deadline else {
                pthread_cond_wait(self.condition, self.mutex)
                continue
            }
            let rest = ContinuousClock.now.duration(to: deadline)
            guard rest > .zero else { return nil }
            waitAtCondition(self.condition, self.mutex, atMost: rest)
        }
    }
}

/// Makes a condition whose time-outs go by the monotonic clock where the platform has that.
private func makeCondition(_ condition: UnsafeMutablePointer<pthread_cond_t>) -> Int32 {
    #if canImport(Darwin)
        return pthread_cond_init(condition, nil)
    #else
        var attributes = pthread_condattr_t()
        pthread_condattr_init(&attributes)
        defer { pthread_condattr_destroy(&attributes) }
        pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        return pthread_cond_init(condition, &attributes)
    #endif
}

/// Waits at most that long; may also return early, as POSIX allows.
private func waitAtCondition(
    _ condition: UnsafeMutablePointer<pthread_cond_t>,
    _ mutex: UnsafeMutablePointer<pthread_mutex_t>,
    atMost time: Duration
) {
    let (seconds, attoseconds) = time.components
    let nanoseconds = attoseconds / 1_000_000_000
    #if canImport(Darwin)
        var relative = timespec(tv_sec: Int(seconds), tv_nsec: Int(nanoseconds))
        pthread_cond_timedwait_relative_np(condition, mutex, &relative)
    #else
        var end = timespec()
        clock_gettime(CLOCK_MONOTONIC, &end)
        let sum = Int(end.tv_nsec) + Int(nanoseconds)
        end.tv_sec += Int(min(seconds, 1_000_000_000)) + sum / 1_000_000_000
        end.tv_nsec = sum % 1_000_000_000
        pthread_cond_timedwait(condition, mutex, &end)
    #endif
}
