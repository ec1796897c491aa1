/// Writes metrics in Prometheus' text format, version 0.0.4.
///
/// See https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format.
enum PrometheusText {
    /// The format's media type.
    static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    /// The families by name, each with its series by labels; those without a series are left out.
    static func render(_ families: [PrometheusFamily]) -> String {
        var text = ""
        for family in families.sorted(by: { $0.name < $1.name }) where !family.series.isEmpty {
            if let help = family.help { text += "# HELP \(family.name) \(self.escape(help))\n" }
            text += "# TYPE \(family.name) \(family.kind.rawValue)\n"
            let series = family.series.map { (self.list($0.labels), $0.value) }
            for (labels, value) in series.sorted(by: { $0.0 < $1.0 }) {
                self.render(family.name, labels, value, into: &text)
            }
        }
        return text
    }

    private static func render(_ name: String, _ labels: String, _ value: PrometheusValue, into text: inout String) {
        switch value {
        case .number(let number): self.line(name, labels, number, into: &text)
        case .histogram(let buckets):
            for (bound, count) in buckets.cumulative {
                let bound = "le=\"\(self.number(bound))\""
                let all = labels.isEmpty ? bound : "\(labels),\(bound)"
                self.line(name + "_bucket", all, Double(count), into: &text)
            }
            self.line(name + "_sum", labels, buckets.sum, into: &text)
            self.line(name + "_count", labels, Double(buckets.count), into: &text)
        }
    }

    private static func line(_ name: String, _ labels: String, _ value: Double, into text: inout String) {
        text += name
        if !labels.isEmpty { text += "{\(labels)}" }
        text += " \(self.number(value))\n"
    }

    private static func list(_ labels: [PrometheusLabel]) -> String {
        labels.map { "\($0.name)=\"\(self.escape($0.value, quotes: true))\"" }.joined(separator: ",")
    }

    /// A backslash and a line feed are escaped everywhere, a quotation mark in label values only.
    private static func escape(_ text: String, quotes: Bool = false) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": escaped += "\\\\"
            case "\n": escaped += "\\n"
            case "\"" where quotes: escaped += "\\\""
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }

    /// A number as Go's `strconv.ParseFloat` reads it.
    private static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        return Int64(exactly: value).map { "\($0)" } ?? "\(value)"
    }
}
