internal import ChatifyCore

/// A key of contracts §8: its name, what is allowed, and where its value goes.
struct SettingKey: Sendable {
    let name: String
    let allowed: String
    let apply: @Sendable (inout ServerConfiguration, String) -> Bool

    /// A key whose value `parse` reads and `path` takes.
    init<Value>(
        _ name: String,
        _ path: any WritableKeyPath<ServerConfiguration, Value> & Sendable,
        _ allowed: String,
        _ parse: @escaping @Sendable (String) -> Value?
    ) {
        self.name = name
        self.allowed = allowed
        self.apply = { configuration, text in
            guard let value = parse(text) else { return false }
            configuration[keyPath: path] = value
            return true
        }
    }

    static func number<Number: FixedWidthInteger & Sendable>(
        _ name: String,
        _ path: any WritableKeyPath<ServerConfiguration, Number> & Sendable,
        _ range: ClosedRange<Number>
    ) -> SettingKey {
        SettingKey(name, path, "a whole number from \(range.lowerBound) to \(range.upperBound)") { text in
            Number(text).flatMap { range.contains($0) ? $0 : nil }
        }
    }

    static func duration(
        _ name: String,
        _ path: any WritableKeyPath<ServerConfiguration, Duration> & Sendable,
        _ range: ClosedRange<Int64>,
        milliseconds: Bool = false
    ) -> SettingKey {
        let unit = milliseconds ? "milliseconds" : "seconds"
        let allowed = "a whole number of \(unit) from \(range.lowerBound) to \(range.upperBound)"
        return SettingKey(name, path, allowed) { text in
            guard let number = Int64(text), range.contains(number) else { return nil }
            return milliseconds ? .milliseconds(number) : .seconds(number)
        }
    }

    static func flag(_ name: String, _ path: any WritableKeyPath<ServerConfiguration, Bool> & Sendable) -> SettingKey {
        SettingKey(name, path, "true or false") { text in
            switch text.lowercased() {
            case "true", "1": true
            case "false", "0": false
            default: nil
            }
        }
    }
}
