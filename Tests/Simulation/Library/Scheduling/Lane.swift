internal import ChatifyCore

/// An executor of the simulated world: an event loop of a pod, or a pod's share of a thread pool.
///
/// Sendable because everything in a simulated world happens on the one thread that runs its ``Scheduler``.
final class Lane: SerialExecutor, TaskExecutor, @unchecked Sendable {
    /// In which order the jobs of a lane may run.
    enum Order {
        /// As they came, like those of an event loop.
        case queue
        /// In any order, like those of threads that run side by side.
        case pool
    }

    private enum Item {
        case task(UnownedJob)
        case isolated(UnownedJob)
        case work(() -> Void)
    }

    /// The number that stands for the lane in a trace.
    let number: UInt64
    private let order: Order
    private let scheduler: Scheduler
    private var items = Ring<Item>()
    private var isDead = false
    /// Whether the lane stands still while its jobs pile up.
    var isPaused = false { didSet { self.scheduler.readinessChanged(self) } }
    /// The place among the scheduler's ready lanes.
    var readyIndex: Int?

    init(number: UInt64, order: Order, scheduler: Scheduler) {
        self.number = number
        self.order = order
        self.scheduler = scheduler
    }

    /// Whether there is a job that may run now.
    var isReady: Bool { !self.items.isEmpty && !self.isPaused }

    /// Drops all jobs, now and for ever, as the death of a process does.
    func die() {
        self.isDead = true
        self.items = Ring()
        self.scheduler.readinessChanged(self)
    }

    /// Runs `work` in its turn.
    func post(_ work: @escaping () -> Void) { self.add(.work(work)) }

    /// Queues a job that the runtime wanted to give to the global pool.
    func adopt(_ job: UnownedJob) { self.add(.task(job)) }

    /// Runs one job; `random` picks it where the order is free.
    func runNext(random: UInt64) {
        if self.order == .pool { self.moveToFront(Int(random % UInt64(self.items.count))) }
        switch self.items.removeFirst() {
        case .task(let job):
            job.runSynchronously(on: self.asUnownedTaskExecutor())
        case .isolated(let job):
            job.runSynchronously(isolatedTo: self.asUnownedSerialExecutor(), taskExecutor: self.asUnownedTaskExecutor())
        case .work(let work):
            work()
        }
    }

    private func moveToFront(_ index: Int) {
        guard index > 0 else { return }
        let first = self.items[0]
        self.items[0] = self.items[index]
        self.items[index] = first
    }

    private func add(_ item: Item) {
        self.scheduler.preconditionOnThread()
        guard !self.isDead else { return }
        self.items.append(item)
        self.scheduler.readinessChanged(self)
    }
}

extension Lane {
    /// Queues a job of an actor.
    func enqueue(_ job: consuming ExecutorJob) { self.add(.isolated(UnownedJob(job))) }

    /// Queues a job of a task.
    @_implements(TaskExecutor,enqueue(_:))
    func enqueueTask(_ job: consuming ExecutorJob) { self.add(.task(UnownedJob(job))) }

    /// The lane as an actor's executor.
    func asUnownedSerialExecutor() -> UnownedSerialExecutor { UnownedSerialExecutor(ordinary: self) }

    /// The lane as a task's preferred executor.
    func asUnownedTaskExecutor() -> UnownedTaskExecutor { UnownedTaskExecutor(ordinary: self) }

    /// Stops the program unless a job of this lane is running.
    func checkIsolated() { precondition(self.scheduler.current === self, "called off its lane") }

    /// Whether a job of this lane is running.
    func isIsolatingCurrentContext() -> Bool? { self.scheduler.current === self }
}
