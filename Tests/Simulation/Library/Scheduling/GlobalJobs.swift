#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#endif

/// Keeps jobs that the runtime would give to its global pool within the simulated world.
///
/// Libraries start unstructured tasks that prefer no executor (swift-service-lifecycle does, wherever it waits). The
/// runtime asks `swift_task_enqueueGlobal_hook` about each of them (its `Concurrency.h`); they go to the lane that
/// they come from, whose pod they belong to.
enum GlobalJobs {
    private typealias Original = @convention(thin) (UnownedJob) -> Void
    private typealias Hook = @convention(thin) (UnownedJob, Original) -> Void

    private nonisolated(unsafe) static var scheduler: Scheduler?
    private nonisolated(unsafe) static let hook = symbol("swift_task_enqueueGlobal_hook", of: Hook.self)

    private static func symbol<Pointee>(_ name: String, of type: Pointee.Type) -> UnsafeMutablePointer<Pointee?> {
        guard let symbol = dlsym(dlopen(nil, RTLD_NOW), name) else {
            fatalError("this Swift runtime has no \(name)")
        }
        return symbol.assumingMemoryBound(to: Pointee?.self)
    }

    /// Sends all global jobs to `scheduler` from now on.
    static func isolate(to scheduler: Scheduler) {
        self.scheduler = scheduler
        self.hook.pointee = { job, _ in
            guard let lane = GlobalJobs.scheduler?.origin else {
                fatalError("a job was started outside of the simulated world")
            }
            lane.adopt(job)
        }
    }

    /// Lets the runtime have its global jobs again.
    static func release() {
        self.hook.pointee = nil
        self.scheduler = nil
    }
}
