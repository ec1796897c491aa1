import ChatifyCore

/// An executor that runs nothing until a test says so, job by job, on the test's own thread.
final class ManualExecutor: SerialExecutor, TaskExecutor {
    private struct State {
        var jobs: [UnownedJob] = []
        var isRunning = false
        var isLetGo = false
    }

    private let state = Locked(State())

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let isLetGo = self.state.withLock { state in
            if !state.isLetGo { state.jobs.append(job) }
            return state.isLetGo
        }
        if isLetGo { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }

    /// Lets whoever brings a job run it from now on: a task that ends on the way through the pool comes back after the test.
    func letGo() {
        self.state.withLock { $0.isLetGo = true }
        self.runUntilIdle()
    }

    func checkIsolated() { precondition(self.state.withLock { $0.isRunning }, "Called outside of the executor.") }

    func isIsolatingCurrentContext() -> Bool? { self.state.withLock { $0.isRunning } }

    /// Whether there is something to run.
    var hasJobs: Bool { self.state.withLock { !$0.jobs.isEmpty } }

    /// Runs the job that waits longest, if any.
    func runNext() {
        let job = self.state.withLock { $0.jobs.isEmpty ? nil : $0.jobs.removeFirst() }
        guard let job else { return }
        self.perform { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }

    /// Runs until nothing is left to run here.
    func runUntilIdle() {
        while self.hasJobs { self.runNext() }
    }

    /// Runs `body` as if it were a job.
    @discardableResult
    func perform<Value>(_ body: () throws -> Value) rethrows -> Value {
        self.state.withLock { $0.isRunning = true }
        defer { self.state.withLock { $0.isRunning = false } }
        return try body()
    }
}
