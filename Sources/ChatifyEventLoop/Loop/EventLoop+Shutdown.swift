internal import CLibuv
internal import Synchronization

/// The beginning and the end of a loop's thread.
extension EventLoop {
    /// Closes every socket, listener, timer and signal of the loop, runs the jobs that wait, and ends the thread.
    ///
    /// Streams get ``TCPStreamHandler/closed(_:)`` with ``EventLoopError/Code/cancelled``. Jobs queued meanwhile still run on the
    /// loop, so a task that queues jobs without end holds up its end: cancel such tasks first. Any thread, any number of times; each call
    /// returns when the thread is gone.
    public func shutdown() async {
        self.beginShutdown()
        // Away from the loop, as a caller that prefers this loop would otherwise be resumed on the thread it has to join.
        await Task.detached(executorPreference: globalConcurrentExecutor) {
            await self.thread.finished()
            // The thread has only to return: this blocks for microseconds.
            self.thread.join()
        }.value
    }

    /// Does what ``shutdown()`` does and blocks the calling thread meanwhile, which must not be the loop's own.
    public func shutdownAndWait() {
        precondition(!self.isCurrent, "an event loop cannot wait for its own end")
        self.beginShutdown()
        self.thread.join()
    }

    /// What `uv_loop_close` answered at the end: zero, or below zero if a handle was left open; nil before the end.
    package var loopCloseStatus: Int? { self.thread.closeStatus.map { Int($0) } }

    /// Times the loop was woken by another thread, since the start.
    package var wakeUpCount: Int { self.inbox.wakeUpCount }

    private func beginShutdown() {
        guard self.inbox.beginStopping() else { return }
        self.execute { [self] in
            self.state.isStopping = true
            self.state.closeOwnedHandles()
            uv_stop(self.state.uv)
        }
    }

    /// The thread's whole life.
    func runThread() {
        self.owner.store(chatify_thread_id(), ordering: .relaxed)
        self.name.prefix(bytes: 15).withCString { chatify_begin_loop_thread($0) }
        uv_run(self.state.uv, UV_RUN_DEFAULT)  // until `uv_stop`
        repeat {
            uv_run(self.state.uv, UV_RUN_NOWAIT)
        } while self.state.openHandles > 0 || self.hasJobsUnderWay || !self.endInbox()
        self.thread.finish(closeStatus: self.state.close())
    }

    /// Hands the executor over to ``runLeftovers()`` if nothing waits; from then on this thread runs no more jobs.
    private func endInbox() -> Bool {
        self.state.hasEnded = true
        self.owner.store(0, ordering: .relaxed)
        if self.inbox.endIfEmpty() { return true }
        self.state.hasEnded = false
        self.owner.store(chatify_thread_id(), ordering: .relaxed)
        return false
    }
}

extension String {
    /// The longest prefix of whole characters that fits in `count` bytes of UTF-8.
    fileprivate func prefix(bytes count: Int) -> String {
        var prefix = Substring(self)
        while prefix.utf8.count > count { prefix.removeLast() }
        return String(prefix)
    }
}
