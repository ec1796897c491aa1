import NIOCore

/// An event loop of NIO as the hub wants it: an executor that tasks can prefer and that knows its own thread.
final class LoopExecutor: SerialExecutor, TaskExecutor {
    let loop: any EventLoop

    init(_ loop: any EventLoop) { self.loop = loop }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        self.loop.execute {
            job.runSynchronously(isolatedTo: self.asUnownedSerialExecutor(), taskExecutor: self.asUnownedTaskExecutor())
        }
    }

    func checkIsolated() { self.loop.preconditionInEventLoop() }

    func isIsolatingCurrentContext() -> Bool? { self.loop.inEventLoop }
}
