internal import Metrics

/// What a ``HistoryWriter`` counts, in the metrics factory that is in force when the writer is made.
struct HistoryMetrics: Sendable {
    private let stored = Counter(label: "chatify_history_stored_total")
    private let retries = Counter(label: "chatify_history_retries_total")
    private let deadLetters = Counter(label: "chatify_dead_letters_total")
    private let lag = Gauge(label: "chatify_history_lag_seconds")

    init() { self.lag.record(0) }

    /// Counts records that the store has.
    func countStored(_ count: Int) { self.stored.increment(by: count) }

    /// Counts a call of the store that failed and is made again.
    func countRetry() { self.retries.increment() }

    /// Counts a record that the sink has.
    func countDeadLetter() { self.deadLetters.increment() }

    /// Shows how old the oldest of the records at hand is; with none, that the history has all that was read.
    func showLag(of records: [ChatRecord], now: Timestamp) {
        let oldest = records.compactMap(\.createdAt).min()
        let age = oldest.map { max(0, $0.duration(to: now).wholeMilliseconds) } ?? 0
        self.lag.record(Double(age) / 1000)
    }
}

extension ChatRecord {
    fileprivate var createdAt: Timestamp? {
        if case .event(let event) = self.payload { event.createdAt } else { nil }
    }
}
