internal import Metrics

/// What a store's writer counts, in the metrics factory that is in force when the store is opened.
struct StoreMetrics: Sendable {
    private let commitTime = Timer(label: "chatify_sqlite_commit_seconds", preferredDisplayUnit: .seconds)
    private let commitSize = Recorder(label: "chatify_sqlite_commit_writes")

    /// Takes note of writes that were carried out and committed together, or failed together.
    func noteCommit(of writes: Int, in time: Duration) {
        self.commitTime.record(duration: time)
        self.commitSize.record(writes)
    }
}
