/// One setting as somebody gave it.
public struct Setting: Sendable, Hashable {
    /// The key with `:` between levels, in the letter case it was given in.
    public var key: String
    /// The value as text; lists are comma-separated.
    public var value: String
    /// Where it was given, such as `flag --port`, for messages.
    public var origin: String

    /// Makes a setting.
    public init(key: String, value: String, origin: String) {
        self.key = key
        self.value = value
        self.origin = origin
    }
}

/// What is wrong with the configuration, in one line that names the key, the value and what is allowed.
public struct ConfigurationError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The line.
    public let description: String

    init(_ description: String) { self.description = description }

    init(_ setting: Setting, allowed: String) {
        self.description = "\(setting.key)=\(setting.shownValue) (\(setting.origin)): must be \(allowed)"
    }
}

extension Setting {
    /// The value on one line, unless the key names a secret.
    var shownValue: String {
        let key = self.key.lowercased()
        let isSecret = ["password", "secret", "token", "connectionstring"].contains { key.contains($0) }
        if isSecret { return "***" }
        return "\"" + String(self.value.prefix(80)).replacingControlCharacters + "\""
    }
}

extension String {
    fileprivate var replacingControlCharacters: String {
        String(String.UnicodeScalarView(self.unicodeScalars.map { $0.value < 0x20 ? " " : $0 }))
    }
}
