internal import ChatifyCore

/// Runs one check, at most once at a time, and answers everybody who asks meanwhile from that run.
///
/// A run is a task of its own that nobody waits for beyond the deadline, so a check that never ends costs itself alone.
final class HealthProbe: Sendable {
    private struct Run {
        let start = ContinuousClock.now
        var isOverdue = false
        var waiters: [CheckedContinuation<HealthEntry, Never>] = []
    }

    private let check: HealthCheck
    private let deadline: Duration
    private let current = Locked(Run?.none)

    init(_ check: HealthCheck, deadline: Duration) {
        self.check = check
        self.deadline = deadline
    }

    /// What the check finds, or that it has not answered within the deadline, counted from the run's beginning.
    func entry() async -> HealthEntry {
        await withCheckedContinuation { continuation in
            let (isFirst, overdue) = self.current.withLock { current in
                let isFirst = current == nil
                var run = current ?? Run()
                if run.isOverdue { return (isFirst, Run?.some(run)) }
                run.waiters.append(continuation)
                current = run
                return (isFirst, nil)
            }
            if isFirst { Task { await self.runOnce() } }
            if let overdue { continuation.resume(returning: self.entry(of: overdue, error: self.timeout)) }
        }
    }

    private func runOnce() async {
        let error = await withDiscardingTaskGroup { group in
            group.addTask {
                // Throws only because the check has ended.
                guard (try? await Task.sleep(for: self.deadline)) != nil else { return }
                self.expire()
            }
            let error = await Self.error(of: self.check)
            group.cancelAll()
            return error
        }
        // The timer has ended, so it never meets the next run.
        self.finish(error)
    }

    private func expire() {
        let run = self.current.withLock { current in
            let run = current
            current?.isOverdue = true
            current?.waiters = []
            return run
        }
        if let run { self.answer(run, error: self.timeout) }
    }

    private func finish(_ error: String?) {
        let run = self.current.withLock { current in
            let run = current
            current = nil
            return run
        }
        if let run { self.answer(run, error: error) }
    }

    private func answer(_ run: Run, error: String?) {
        let entry = self.entry(of: run, error: error)
        for waiter in run.waiters { waiter.resume(returning: entry) }
    }

    private func entry(of run: Run, error: String?) -> HealthEntry {
        HealthEntry(
            name: self.check.name,
            isRequired: self.check.isRequired,
            duration: run.start.duration(to: .now),
            error: error
        )
    }

    private var timeout: String { "TIMEOUT: no answer within \(self.deadline.shortText)" }

    private static func error(of check: HealthCheck) async -> String? {
        do {
            try await check.run()
            return nil
        } catch {
            return (error as? ChatError)?.description ?? "FAILED"
        }
    }
}

extension Duration {
    /// The duration in whole seconds, or else in milliseconds: `5 s`, `250 ms`.
    var shortText: String {
        let milliseconds = self.wholeMilliseconds
        return milliseconds.isMultiple(of: 1000) ? "\(milliseconds / 1000) s" : "\(milliseconds) ms"
    }
}
