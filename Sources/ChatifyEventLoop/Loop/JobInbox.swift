/// The jobs that other threads (and the loop itself) hand to a loop: one lock, one array, few wake-ups.
///
/// It decides; ``EventLoop`` acts. Sendable: every field below `lock` is touched only inside it.
final class JobInbox: @unchecked Sendable {
    /// Something to run on the loop.
    enum Job {
        /// A task's, isolated to no actor.
        case task(UnownedJob)
        /// An actor's whose executor is the loop.
        case isolated(UnownedJob)
        case closure(@Sendable () -> Void)
    }

    /// What the one who put a job in has to do next.
    enum Duty: Equatable {
        /// Nothing: the loop will look before it blocks, or somebody has already woken it.
        case none
        /// Wake the loop, then call ``wakeUpSent()``.
        case wake
        /// The loop has ended: run what is here, on this thread, until ``endLeftovers()`` answers true.
        case runLeftovers
    }

    private enum Phase { case open, stopping, ended }

    private let lock = ThreadLock()
    private var jobs: [Job] = []
    private var phase = Phase.open
    /// The loop waits for the operating system and will not look here until it is woken.
    private var isAsleep = false
    /// A thread runs the jobs that came after the loop's end.
    private var runsLeftovers = false
    /// Threads between ``Duty/wake`` and ``wakeUpSent()``.
    private var wakersUnderWay = 0
    private var wakeUps = 0

    /// Wake-ups asked for since the start.
    var wakeUpCount: Int { self.lock.withLock { self.wakeUps } }

    /// Puts `job` last.
    ///
    /// The loop's own thread never needs to wake it: it looks here before it blocks.
    func append(_ job: Job, fromLoop: Bool) -> Duty {
        self.lock.withLock {
            self.jobs.append(job)
            guard self.phase != .ended else {
                defer { self.runsLeftovers = true }
                return self.runsLeftovers ? .none : .runLeftovers
            }
            guard self.isAsleep, !fromLoop else { return .none }
            self.isAsleep = false
            self.wakersUnderWay += 1
            self.wakeUps += 1
            return .wake
        }
    }

    func wakeUpSent() { self.lock.withLock { self.wakersUnderWay -= 1 } }

    /// Swaps the waiting jobs for `batch`, which must be empty; from here on the loop counts as awake.
    func take(into batch: inout [Job]) {
        self.lock.withLock {
            self.isAsleep = false
            swap(&self.jobs, &batch)
        }
    }

    /// Answers whether the loop may block; false when jobs wait.
    func sleepIfEmpty() -> Bool {
        self.lock.withLock {
            self.isAsleep = self.jobs.isEmpty
            return self.isAsleep
        }
    }

    /// Answers true to the first caller, who then has to stop the loop.
    func beginStopping() -> Bool {
        self.lock.withLock {
            guard self.phase == .open else { return false }
            self.phase = .stopping
            return true
        }
    }

    /// Ends the loop's use of the inbox if nothing waits and nobody is about to touch its wake-up handle.
    func endIfEmpty() -> Bool {
        self.lock.withLock {
            guard self.jobs.isEmpty, self.wakersUnderWay == 0 else { return false }
            self.phase = .ended
            return true
        }
    }

    /// Ends one thread's turn at the leftovers; false if more have come.
    func endLeftovers() -> Bool {
        self.lock.withLock {
            guard self.jobs.isEmpty else { return false }
            self.runsLeftovers = false
            return true
        }
    }
}
