/// One stream to a client, confined to its connection's executor.
final class HubStream {
    /// The client's name for the stream.
    let id: String
    /// Whether nobody wants the rest: the client cancelled, or the connection is gone.
    private(set) var isCancelled = false
    /// Sends the items; ends by itself, or soon after ``cancel()``.
    var task: Task<Void, Never>?
    private var waiter: CheckedContinuation<Void, Never>?

    /// Makes a stream whose task is yet to be started.
    init(id: String) { self.id = id }

    /// Stops the items.
    func cancel() {
        self.isCancelled = true
        self.task?.cancel()
        self.wake()
    }

    /// Returns after the next ``wake()``, or at once if the stream is cancelled.
    func wait() async {
        guard !self.isCancelled else { return }
        await withCheckedContinuation { self.waiter = $0 }
    }

    /// Ends the wait for room, if there is one.
    func wake() {
        self.waiter?.resume()
        self.waiter = nil
    }
}
