internal import CLibuv
internal import Synchronization

/// What a loop does each time before it blocks.
extension EventLoop {
    /// Runs jobs, then flushes; blocks only if neither left anything to do.
    func tick() {
        self.runJobs()
        self.flushDirtyStreams()
        // Flushing may have queued jobs and writes, so this is asked last; nothing runs on the loop between here and its blocking.
        let hasMore = self.hasJobsUnderWay || !self.state.dirtyStreams.isEmpty
        self.state.setMayBlock(!hasMore && self.inbox.sleepIfEmpty())
    }

    /// Jobs were taken from the inbox that have not run.
    var hasJobsUnderWay: Bool { self.state.nextJob < self.state.batch.count }

    /// Runs waiting jobs in order, those they queue included, up to the tick's bound.
    private func runJobs() {
        let state = self.state
        var budget = Self.maxJobsPerTick
        while budget > 0 {
            if !self.hasJobsUnderWay {
                self.refillBatch()
                if state.batch.isEmpty { return }
            }
            let end = min(state.nextJob + budget, state.batch.count)
            budget -= end - state.nextJob
            while state.nextJob < end {
                let job = state.batch[state.nextJob]
                state.nextJob += 1
                self.run(job)
            }
        }
        if !self.hasJobsUnderWay { self.dropBatch() }
    }

    private func refillBatch() {
        self.dropBatch()
        self.inbox.take(into: &self.state.batch)
    }

    /// Empties the batch, keeping its memory unless a burst made it large.
    private func dropBatch() {
        self.state.nextJob = 0
        self.state.batch.removeAll(keepingCapacity: self.state.batch.capacity <= 4096)
    }

    private func run(_ job: JobInbox.Job) {
        switch job {
        case .task(let job):
            job.runSynchronously(on: self.asUnownedTaskExecutor())
        case .isolated(let job):
            job.runSynchronously(isolatedTo: self.asUnownedSerialExecutor(), taskExecutor: self.asUnownedTaskExecutor())
        case .closure(let work):
            work()
        }
    }

    /// Writes out every stream that was written to in this tick; those written to meanwhile wait for the next.
    private func flushDirtyStreams() {
        let state = self.state
        guard !state.dirtyStreams.isEmpty else { return }
        swap(&state.dirtyStreams, &state.flushedStreams)
        for stream in state.flushedStreams { stream.flushAtEndOfTick() }
        state.flushedStreams.removeAll(keepingCapacity: true)
    }

    /// Runs jobs that came after the loop's end, on whichever thread brought the first of them.
    func runLeftovers() {
        let thread = chatify_thread_id()
        var batch: [JobInbox.Job] = []
        repeat {
            self.owner.store(thread, ordering: .relaxed)
            self.inbox.take(into: &batch)
            for job in batch { self.run(job) }
            batch.removeAll(keepingCapacity: true)
            self.owner.store(0, ordering: .relaxed)
        } while !self.inbox.endLeftovers()
    }
}
