import Metrics
import Testing

@testable import ChatifyServer

@Suite(.timeLimit(.minutes(5)))
struct PrometheusRegistryTests {
    private let registry = PrometheusRegistry()

    @Test func `Every kind of metric is shown as what it is`() {
        Counter(label: "c", factory: self.registry).increment(by: 2)
        FloatingPointCounter(label: "f", factory: self.registry).increment(by: 0.5)
        Gauge(label: "g", factory: self.registry).record(-1.5)
        let meter = Meter(label: "m", factory: self.registry)
        meter.set(5)
        meter.decrement(by: 7)
        let text = """
            # TYPE c_total counter
            c_total 2
            # TYPE f_total counter
            f_total 0.5
            # TYPE g gauge
            g -1.5
            # TYPE m gauge
            m -2

            """
        #expect(self.registry.text() == text)
    }

    @Test func `Timers are histograms of seconds, recorders of what they are given`() {
        Timer(label: "t", factory: self.registry).recordMilliseconds(2)
        Recorder(label: "r", factory: self.registry).record(2)
        let text = self.registry.text()
        #expect(text.contains("\nt_bucket{le=\"0.001\"} 0\nt_bucket{le=\"0.0025\"} 1\n"))
        #expect(text.contains("\nt_sum 0.002\nt_count 1\n"))
        #expect(text.contains("\nr_bucket{le=\"1\"} 0\nr_bucket{le=\"2\"} 1\n"))
        #expect(text.contains("\nr_sum 2\nr_count 1\n"))
    }

    @Test func `The same name and labels are one metric`() {
        for labels in [[("a", "1"), ("b", "2")], [("b", "2"), ("a", "1")]] {
            Counter(label: "c", dimensions: labels, factory: self.registry).increment()
            FloatingPointCounter(label: "c_total", dimensions: labels, factory: self.registry).increment(by: 0.5)
        }
        #expect(self.registry.text() == "# TYPE c_total counter\nc_total{a=\"1\",b=\"2\"} 3\n")
    }

    @Test func `A gauge has no sample before it is set, nor while it is not a number`() {
        let gauge = Gauge(label: "g", factory: self.registry)
        #expect(self.registry.text().isEmpty)
        gauge.record(0)
        #expect(self.registry.text() == "# TYPE g gauge\ng 0\n")
        gauge.record(Double.nan)
        #expect(self.registry.text().isEmpty)
    }

    @Test func `A meter can be raised without being set`() {
        Meter(label: "m", factory: self.registry).increment(by: 2)
        #expect(self.registry.text() == "# TYPE m gauge\nm 2\n")
    }

    @Test func `A counter never falls`() {
        let counter = Counter(label: "c", factory: self.registry)
        counter.increment(by: 3)
        counter.increment(by: -2)
        FloatingPointCounter(label: "c", factory: self.registry).increment(by: Double.nan)
        #expect(self.registry.text() == "# TYPE c_total counter\nc_total 3\n")
        counter.reset()
        #expect(self.registry.text() == "# TYPE c_total counter\nc_total 0\n")
    }

    @Test func `A name belongs to the kind that came first`() {
        Gauge(label: "x", factory: self.registry).record(1)
        Recorder(label: "x", factory: self.registry).record(5)
        Timer(label: "x", factory: self.registry).recordSeconds(5)
        #expect(self.registry.text() == "# TYPE x gauge\nx 1\n")
    }

    @Test func `Labels beyond the bound are not kept`() {
        for number in 0..<(PrometheusRegistry.maximumSeries + 10) {
            Counter(label: "c", dimensions: [("n", "\(number)")], factory: self.registry).increment()
        }
        // And the comment, and the end of the last line.
        #expect(self.registry.text().split(separator: "\n").count == PrometheusRegistry.maximumSeries + 1)
    }

    @Test func `What is destroyed is shown no longer, and may begin anew`() {
        let (first, second) = (
            Counter(label: "c", dimensions: [("n", "1")], factory: self.registry),
            Counter(label: "c", dimensions: [("n", "2")], factory: self.registry)
        )
        for counter in [first, second] { counter.increment() }
        first.destroy()
        #expect(self.registry.text() == "# TYPE c_total counter\nc_total{n=\"2\"} 1\n")
        second.destroy()
        #expect(self.registry.text().isEmpty)
        Gauge(label: "c_total", factory: self.registry).record(4)
        #expect(self.registry.text() == "# TYPE c_total gauge\nc_total 4\n")
    }

    @Test func `Nothing is lost however many count at one time`() async {
        let registry = self.registry
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    for number in 0..<2000 {
                        // Made again each time, as the registry has to bear that too.
                        Counter(label: "c", dimensions: [("n", "\(number % 4)")], factory: registry).increment()
                        Meter(label: "m", factory: registry).increment(by: 0.5)
                        Recorder(label: "r", factory: registry).record(number % 2)
                        if number % 100 == 0 { _ = registry.text() }
                    }
                }
            }
        }
        let text = registry.text()
        for number in 0..<4 { #expect(text.contains("c_total{n=\"\(number)\"} 4000\n")) }
        #expect(text.contains("\nm 8000\n"))
        #expect(text.contains("\nr_sum 8000\nr_count 16000\n"))
    }
}
