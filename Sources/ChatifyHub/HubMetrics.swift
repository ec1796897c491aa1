internal import ChatifyCore
internal import Metrics

/// What a ``ChatHub`` counts, in the metrics factory that is in force when the hub is made.
struct HubMetrics: Sendable {
    private let sessions = Meter(label: "chat_ws_active_sessions")
    private let deliveries = Counter(label: "chatify_deliveries_total")
    private let fanOutLatency = Recorder(label: "chat_messages_fanout_latency_ms")
    private let slowConsumers = Counter(label: "chatify_slow_consumers_closed_total")

    /// Registers the metrics.
    init() { self.sessions.set(0) }

    /// Counts a connection that was opened.
    func sessionOpened() { self.sessions.increment() }

    /// Counts it no more.
    func sessionClosed() { self.sessions.decrement() }

    /// Counts what one shard has queued of a batch whose oldest event is this one; once per batch, not per delivery.
    func countDelivered(_ deliveries: Int, createdSince oldest: Timestamp, now: Timestamp) {
        self.deliveries.increment(by: deliveries)
        // The clock of the pod that accepted the event may be ahead of ours.
        self.fanOutLatency.record(max(0, oldest.duration(to: now).wholeMilliseconds))
    }

    /// Counts what was queued for one client that resumed; how long ago that was said is not its latency.
    func countReplayed(_ deliveries: Int) { self.deliveries.increment(by: deliveries) }

    /// Counts a client that was closed because it did not keep up.
    func countSlowConsumer() { self.slowConsumers.increment() }
}
