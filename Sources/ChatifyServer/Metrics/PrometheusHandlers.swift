internal import ChatifyCore
internal import CoreMetrics
internal import Synchronization

/// A number that threads add to without a lock.
private struct AtomicNumber: ~Copyable {
    private let bits: Atomic<UInt64>

    init(_ value: Double) { self.bits = Atomic(value.bitPattern) }

    var value: Double { Double(bitPattern: self.bits.load(ordering: .relaxed)) }

    func set(_ value: Double) { self.bits.store(value.bitPattern, ordering: .relaxed) }

    /// Adds to the number, or to zero if it is none.
    func add(_ amount: Double) {
        var old = self.bits.load(ordering: .relaxed)
        while true {
            let number = Double(bitPattern: old)
            let new = ((number.isNaN ? 0 : number) + amount).bitPattern
            let result = self.bits.weakCompareExchange(expected: old, desired: new, ordering: .relaxed)
            if result.exchanged { return }
            old = result.original
        }
    }
}

/// A number that only rises; exact up to 2⁵³.
final class PrometheusCounter: CounterHandler, FloatingPointCounterHandler, PrometheusSource {
    private let number = AtomicNumber(0)

    var value: PrometheusValue? { .number(self.number.value) }

    func increment(by amount: Int64) { self.increment(by: Double(amount)) }

    func increment(by amount: Double) {
        if amount > 0, amount.isFinite { self.number.add(amount) }
    }

    func reset() { self.number.set(0) }
}

/// A number that is set, or raised and lowered; has no value before that, nor while it is not a number.
final class PrometheusGauge: MeterHandler, RecorderHandler, PrometheusSource {
    private let number = AtomicNumber(.nan)

    var value: PrometheusValue? {
        let number = self.number.value
        return number.isNaN ? nil : .number(number)
    }

    func set(_ value: Int64) { self.number.set(Double(value)) }

    func set(_ value: Double) { self.number.set(value) }

    func increment(by amount: Double) { self.number.add(amount) }

    func decrement(by amount: Double) { self.number.add(-amount) }

    func record(_ value: Int64) { self.number.set(Double(value)) }

    func record(_ value: Double) { self.number.set(value) }
}

/// A histogram of times in seconds, or of values as they come.
final class PrometheusHistogram: TimerHandler, RecorderHandler, PrometheusSource {
    /// What is recorded.
    enum Unit {
        case seconds, values
    }

    private let buckets: Locked<HistogramBuckets>

    init(_ unit: Unit) {
        self.buckets = Locked(HistogramBuckets(bounds: unit == .seconds ? Self.seconds : Self.values))
    }

    private static let seconds = [
        0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30,
    ]
    private static let values: [Double] = [1, 2, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10000, 30000]

    var value: PrometheusValue? { .histogram(self.buckets.withLock { $0 }) }

    func recordNanoseconds(_ duration: Int64) { self.record(Double(duration) / 1e9) }

    func record(_ value: Int64) { self.record(Double(value)) }

    func record(_ value: Double) { self.buckets.withLock { $0.record(value) } }
}
