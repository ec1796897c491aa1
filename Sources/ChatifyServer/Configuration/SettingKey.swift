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
        in unit: SettingUnit = .seconds
    ) -> SettingKey {
        let allowed = "a whole number of \(unit.name) from \(range.lowerBound) to \(range.upperBound)"
        return SettingKey(name, path, allowed) { text in
            Int64(text).flatMap { range.contains($0) ? unit.length * $0 : nil }
        }
    }

    /// A duration of which 0 means that there is none.
    static func optionalDuration(
        _ name: String,
        _ path: any WritableKeyPath<ServerConfiguration, Duration?> & Sendable,
        upTo maximum: Int64,
        in unit: SettingUnit
    ) -> SettingKey {
        SettingKey(name, path, "a whole number of \(unit.name) from 0 to \(maximum)") { text in
            Int64(text).flatMap { (0...maximum).contains($0) ? .some($0 == 0 ? nil : unit.length * $0) : nil }
        }
    }

    /// A number of bytes that is given in millions.
    static func megabytes(
        _ name: String,
        _ path: any WritableKeyPath<ServerConfiguration, Int64> & Sendable
    ) -> SettingKey {
        let range: ClosedRange<Int64> = 0...1_000_000_000
        return SettingKey(name, path, "a whole number from \(range.lowerBound) to \(range.upperBound)") { text in
            Int64(text).flatMap { range.contains($0) ? $0 * 1_000_000 : nil }
        }
    }

    /// The name of a consumer group, as Kafka allows them.
    static func group(
        _ name: String,
        _ path: any WritableKeyPath<ServerConfiguration, String> & Sendable
    ) -> SettingKey {
        SettingKey(name, path, "1 to 249 characters of letters, digits, '.', '_' and '-'") { $0.isGroupName ? $0 : nil }
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

extension String {
    fileprivate var isGroupName: Bool {
        (1...249).contains(self.utf8.count)
            && self.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
                case UInt8(ascii: "0")...UInt8(ascii: "9"): true
                case UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"): true
                default: false
                }
            }
    }
}
