internal import Metrics

/// What one loop of the server shows about itself, about once a second.
struct LoopMetrics: Sendable {
    private let delay: Timer
    private let processorTime: FloatingPointCounter
    private let outboundBytes: Gauge

    init(loop name: String) {
        let labels = [("loop", name)]
        self.delay = Timer(
            label: "chatify_loop_delay_seconds",
            dimensions: labels,
            preferredDisplayUnit: .seconds
        )
        self.processorTime = FloatingPointCounter(label: "chatify_loop_cpu_seconds_total", dimensions: labels)
        self.outboundBytes = Gauge(label: "chatify_outbound_queue_bytes", dimensions: labels)
    }

    /// Takes note of a tick of the loop's timer.
    /// - Parameters:
    ///   - delay: How late it is, which is the rest of what the loop was doing when it was due.
    ///   - processorTime: What the loop's thread has worked since the last one, in seconds.
    ///   - outboundBytes: What waits to be written on all its connections.
    func noteTick(delay: Duration, processorTime: Double, outboundBytes: Int) {
        self.delay.record(duration: max(.zero, delay))
        if processorTime > 0 { self.processorTime.increment(by: processorTime) }
        self.outboundBytes.record(outboundBytes)
    }
}
