import ChatifyEventLoop
import Measuring

/// Two clients that are not concerned: what one says, both hear, and how long that takes tells what others do to them.
final class Witness {
    private let clients: [LoadClient]
    private let loop: EventLoop
    private let clock = ContinuousClock()
    private var timer: LoopTimer?
    private var sentAt: [ContinuousClock.Instant] = []
    private var latency = Histogram()

    init(_ clients: [LoadClient], loop: EventLoop) {
        self.clients = clients
        self.loop = loop
        clients[1].onDelivery = { [unowned self] in self.latency.add(self.sentAt[$0].duration(to: self.clock.now)) }
    }

    /// Says something fifty times a second.
    func start() {
        let timer = LoopTimer(loop: self.loop)
        timer.schedule(after: .zero, repeating: .milliseconds(20)) {
            let text = Dialect.signalr.send(self.sentAt.count, to: "witnesses", size: 32, awaitsAnswer: false)
            self.sentAt.append(self.clock.now)
            self.clients[0].write(Dialect.signalr.frame(text))
        }
        self.timer = timer
    }

    func stop() { self.timer?.cancel() }

    /// What was measured since it was asked last.
    func takeLatencies() -> String {
        defer { self.latency = Histogram() }
        let times = [("p50", 0.5), ("p99", 0.99), ("max", 1)]
        return times.map { "\($0)=\(Double(self.latency.percentile($1)) / 1000)ms" }.joined(separator: " ")
    }
}
