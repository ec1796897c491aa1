internal import ChatifyCore
public import CoreMetrics

/// Keeps metrics in memory and shows them in Prometheus' text format: a factory for `MetricsSystem.bootstrap(_:)`.
///
/// What is made twice with the same name and labels is one metric. Timers are histograms in seconds, recorders that aggregate are
/// histograms of what they are given, other recorders gauges without a sample until they are set, or while they are not a number. A
/// metric whose name another kind has taken, and one beyond ``maximumSeries`` of its name, work like any other but are not shown.
public final class PrometheusRegistry: MetricsFactory {
    /// The combinations of labels that one name may have: a thousand.
    public static let maximumSeries = 1000

    private struct Family {
        let kind: PrometheusFamily.Kind
        var series: [[PrometheusLabel]: any PrometheusSource] = [:]
    }

    private let families = Locked<[String: Family]>([:])

    /// Makes a registry without metrics.
    public init() {}

    /// All metrics as they are now, in Prometheus' text format, version 0.0.4, ordered by name and labels.
    public func text() -> String {
        PrometheusText.render(self.snapshot())
    }

    private func snapshot() -> [PrometheusFamily] {
        // Values are read outside the lock: a histogram has one of its own.
        self.families.withLock { $0 }.map { name, family in
            PrometheusFamily(
                name: name,
                kind: family.kind,
                help: PrometheusHelp.texts[name],
                series: family.series.compactMap { labels, source in
                    source.value.map { PrometheusSeries(labels: labels, value: $0) }
                }
            )
        }
    }

    /// The source of that name and these labels, made if there is none.
    private func source<Source: PrometheusSource>(
        _ kind: PrometheusFamily.Kind,
        _ label: String,
        _ dimensions: [(String, String)],
        make: () -> Source
    ) -> Source {
        let name = PrometheusName.metric(label, kind)
        let labels = PrometheusLabel.list(dimensions)
        let new = make()
        return self.families.withLock { families in
            var family = families[name] ?? Family(kind: kind)
            guard family.kind == kind else { return new }
            if let known = family.series[labels] as? Source { return known }
            guard family.series.count < Self.maximumSeries else { return new }
            family.series[labels] = new
            families[name] = family
            return new
        }
    }

    private func remove(_ handler: AnyObject) {
        self.families.withLock { families in
            for (name, family) in families {
                guard let series = family.series.first(where: { $0.value === handler }) else { continue }
                families[name]?.series[series.key] = nil
                if family.series.count == 1 { families[name] = nil }
            }
        }
    }
}

// MARK: - MetricsFactory

extension PrometheusRegistry {
    /// Makes a counter, or finds the one of that name and these labels.
    public func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        self.source(.counter, label, dimensions) { PrometheusCounter() }
    }

    /// Makes a counter of fractions, or finds the one of that name and these labels.
    public func makeFloatingPointCounter(
        label: String,
        dimensions: [(String, String)]
    ) -> any FloatingPointCounterHandler {
        self.source(.counter, label, dimensions) { PrometheusCounter() }
    }

    /// Makes a gauge, or finds the one of that name and these labels.
    public func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        self.source(.gauge, label, dimensions) { PrometheusGauge() }
    }

    /// Makes a histogram, or a gauge if it is not to aggregate; or finds the one of that name and these labels.
    public func makeRecorder(
        label: String,
        dimensions: [(String, String)],
        aggregate: Bool
    ) -> any RecorderHandler {
        guard aggregate else { return self.source(.gauge, label, dimensions) { PrometheusGauge() } }
        return self.source(.histogram, label, dimensions) { PrometheusHistogram(.values) }
    }

    /// Makes a histogram of seconds, or finds the one of that name and these labels.
    public func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        self.source(.histogram, label, dimensions) { PrometheusHistogram(.seconds) }
    }

    /// Shows the counter no longer.
    public func destroyCounter(_ handler: any CounterHandler) { self.remove(handler) }

    /// Shows the counter no longer.
    public func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) { self.remove(handler) }

    /// Shows the gauge no longer.
    public func destroyMeter(_ handler: any MeterHandler) { self.remove(handler) }

    /// Shows the histogram or gauge no longer.
    public func destroyRecorder(_ handler: any RecorderHandler) { self.remove(handler) }

    /// Shows the histogram no longer.
    public func destroyTimer(_ handler: any TimerHandler) { self.remove(handler) }
}
