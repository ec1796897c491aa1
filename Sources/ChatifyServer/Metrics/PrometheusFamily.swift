/// All series of one name, as they are at one moment.
struct PrometheusFamily: Sendable {
    /// What the values mean to who reads them.
    enum Kind: String, Sendable {
        case counter, gauge, histogram
    }

    var name: String
    var kind: Kind
    var help: String?
    var series: [PrometheusSeries]
}

/// One combination of labels and its value.
struct PrometheusSeries: Sendable {
    var labels: [PrometheusLabel]
    var value: PrometheusValue
}

/// What one series holds.
enum PrometheusValue: Sendable, Hashable {
    case number(Double)
    case histogram(HistogramBuckets)
}

/// Something a registry can read a value from, at any time and from any thread.
protocol PrometheusSource: AnyObject, Sendable {
    /// The value now; `nil` if there is none to show.
    var value: PrometheusValue? { get }
}
