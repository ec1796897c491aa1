/// A loop as the executor of actors (`unownedExecutor`) and tasks (`Task(executorPreference:)`).
extension EventLoop {
    /// Queues a job of an actor; the same order and the same rules as ``execute(_:)``, whatever the job's priority.
    public func enqueue(_ job: consuming ExecutorJob) {
        self.add(.isolated(UnownedJob(job)))
    }

    /// Queues a job of a task; the same order and the same rules as ``execute(_:)``, whatever the job's priority.
    ///
    /// Apart from ``enqueue(_:)``, which would serve both protocols, because the runtime must be told which of the two a job is: a task that
    /// is resumed as if it were on an actor has to be queued once more to get off it, at each suspension.
    @_implements(TaskExecutor,enqueue(_:))
    public func enqueueTask(_ job: consuming ExecutorJob) {
        self.add(.task(UnownedJob(job)))
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
