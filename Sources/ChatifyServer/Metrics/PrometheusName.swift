/// Names as Prometheus takes them.
enum PrometheusName {
    /// A metric's name: letters, digits, `_` and `:`, every other byte as `_`; a counter's ends in `_total`.
    static func metric(_ label: String, _ kind: PrometheusFamily.Kind) -> String {
        let name = self.clean(label, alsoAllowed: ":")
        return kind == .counter && !name.hasSuffix("_total") ? name + "_total" : name
    }

    /// A label's name: letters, digits and `_`, every other byte as `_`.
    static func label(_ name: String) -> String { self.clean(name, alsoAllowed: "_") }

    private static func clean(_ text: String, alsoAllowed other: Unicode.Scalar) -> String {
        var name = ""
        for byte in text.utf8 {
            let scalar = Unicode.Scalar(byte)
            let isDigit = ("0"..."9").contains(scalar)
            let isAllowed =
                ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar) || isDigit || scalar == "_"
                || scalar == other
            // A name may hold a digit but not begin with one.
            if name.isEmpty, isDigit { name = "_" }
            name.unicodeScalars.append(isAllowed ? scalar : "_")
        }
        return name.isEmpty ? "_" : name
    }
}

/// A label of a series.
struct PrometheusLabel: Sendable, Hashable {
    let name: String
    let value: String

    /// Labels in the order of their names; of several with one name the last counts.
    static func list(_ dimensions: [(String, String)]) -> [PrometheusLabel] {
        let values = Dictionary(dimensions.map { (PrometheusName.label($0), $1) }) { $1 }
        return values.map { PrometheusLabel(name: $0, value: $1) }.sorted { $0.name < $1.name }
    }
}
