internal import ChatifyCore
internal import TestSupport

#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#endif

/// Runs all jobs of a simulated world, one at a time, on one thread and in virtual time.
///
/// Which ready lane goes next is drawn from the seed; when none is ready, time jumps to the next timer. So one seed is one
/// schedule, and no schedule is shown that real executors could not show.
final class Scheduler: @unchecked Sendable {
    /// The virtual time since the world began.
    private(set) var now: Duration = .zero
    /// The lane whose job is running.
    private(set) var current: Lane?
    /// The lane that whatever happens now comes from: the running one, or the one that set the timer that is due.
    private(set) var origin: Lane?
    /// How many jobs ran so far.
    private(set) var steps = 0
    /// What stands for the whole schedule so far.
    private(set) var trace = TraceHash()
    private var random: SeededRandom
    private var ready: [Lane] = []
    private var timers = TimerHeap()
    private var laneCount: UInt64 = 0
    private var stepsAtThisTime = 0
    private let thread = pthread_self()

    init(seed: UInt64) { self.random = SeededRandom(seed: seed) }

    /// Makes a lane of this world.
    func makeLane(_ order: Lane.Order) -> Lane {
        self.laneCount += 1
        return Lane(number: self.laneCount, order: order, scheduler: self)
    }

    /// Calls `action` when `delay` has passed; the timer may be stopped before.
    @discardableResult
    func after(_ delay: Duration, _ action: @escaping () -> Void) -> SimulatedTimer {
        let origin = self.origin
        let timer = SimulatedTimer {
            self.origin = origin
            action()
            self.origin = nil
        }
        self.timers.insert(timer, due: self.now + max(.zero, delay))
        return timer
    }

    /// Stops the program when called from another thread than the world's: somebody sleeps in real time, or has a thread.
    func preconditionOnThread() {
        precondition(pthread_equal(self.thread, pthread_self()) != 0, "a job came from outside of the simulated world")
    }

    /// Takes something that happened into the trace.
    func note(_ value: UInt64) { self.trace.mix(value) }

    func readinessChanged(_ lane: Lane) {
        if lane.isReady {
            guard lane.readyIndex == nil else { return }
            lane.readyIndex = self.ready.count
            self.ready.append(lane)
        } else if let index = lane.readyIndex {
            lane.readyIndex = nil
            let last = self.ready.removeLast()
            guard last !== lane else { return }
            self.ready[index] = last
            last.readyIndex = index
        }
    }

    /// Runs until `isDone`, or until nothing is left to happen before `deadline`.
    ///
    /// - Returns: Whether it stopped because time stood still for longer than any healthy world needs.
    func run(until deadline: Duration, isDone: () -> Bool) -> Bool {
        GlobalJobs.isolate(to: self)
        defer { GlobalJobs.release() }
        while !isDone() {
            if !self.ready.isEmpty {
                self.runJob()
                if self.stepsAtThisTime > Self.longestMoment { return true }
            } else {
                guard let due = self.timers.nextDue, due <= deadline else { break }
                self.stepsAtThisTime = 0
                self.now = due
                self.timers.removeFirst().fire()
            }
        }
        return false
    }

    /// More jobs than this at one instant of virtual time are a livelock.
    private static let longestMoment = 200_000

    private func runJob() {
        let lane = self.ready[Int(self.random.next() % UInt64(self.ready.count))]
        self.steps += 1
        self.stepsAtThisTime += 1
        self.trace.mix(lane.number &+ UInt64(bitPattern: self.now.wholeMilliseconds) << 8)
        self.current = lane
        self.origin = lane
        lane.runNext(random: self.random.next())
        self.current = nil
        self.origin = nil
        self.readinessChanged(lane)
    }
}
