/// A loop as the executor of actors (`unownedExecutor`) and tasks (`Task(executorPreference:)`).
extension EventLoop {
    /// Queues a job of the Swift runtime; the same order and the same rules as ``execute(_:)``, whatever the job's priority.
    public func enqueue(_ job: consuming ExecutorJob) {
        self.add(.swift(UnownedJob(job)))
    }

    /// The loop as an actor's executor.
    ///
    /// The actor has to keep the loop alive.
    public func asUnownedSerialExecutor() -> UnownedSerialExecutor {
        UnownedSerialExecutor(ordinary: self)
    }

    /// The loop as a task's preferred executor.
    public func asUnownedTaskExecutor() -> UnownedTaskExecutor {
        UnownedTaskExecutor(ordinary: self)
    }

    /// Whether two executors are the same loop: no two loops share a thread.
    public func isSameExclusiveExecutionContext(other: EventLoop) -> Bool { self === other }

    /// Stops the program unless the caller runs on this loop, which is what `assumeIsolated` asks.
    public func checkIsolated() { self.preconditionCurrent() }

    /// Whether the caller runs on this loop.
    public func isIsolatingCurrentContext() -> Bool? { self.isCurrent }
}
