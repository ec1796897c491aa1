internal import ChatifyJSON

extension Setting {
    /// The settings of environment variables whose names begin with `Chatify__`, in any letter case (contracts §8).
    ///
    /// Sorted by name, so that of names that differ only in letter case always the same one counts.
    public static func environment(_ variables: [String: String]) -> [Setting] {
        variables.sorted { $0.key < $1.key }.compactMap { name, value in
            guard name.lowercased().hasPrefix("chatify__") else { return nil }
            return Setting(key: name.splittingLevels, value: value, origin: "environment variable \(name)")
        }
    }

    /// The settings of a JSON document: `{"Chatify": {"Server": {"Port": 8080}}}`.
    /// - Throws: ``ConfigurationError`` if it is not a JSON object.
    public static func json(_ bytes: [UInt8], file: String) throws(ConfigurationError) -> [Setting] {
        var settings: [Setting] = []
        do throws(JSONError) {
            try JSONReader.read(bytes) { reader throws(JSONError) in
                try reader.readObject { key, reader throws(JSONError) in
                    try reader.flatten(String(key), into: &settings, origin: "file \(file)")
                }
            }
        } catch {
            throw ConfigurationError("\(file) is no valid configuration: \(error.reason) at byte \(error.offset)")
        }
        return settings
    }
}

extension String {
    /// The key with `:` where the name has `__`.
    fileprivate var splittingLevels: String {
        var result = ""
        var rest = Substring(self)
        while let range = rest.firstRange(of: "__") {
            result += rest[..<range.lowerBound] + ":"
            rest = rest[range.upperBound...]
        }
        return result + rest
    }
}

extension JSONReader {
    /// Adds a value's settings under `key`; a list becomes one comma-separated value.
    fileprivate mutating func flatten(
        _ key: String,
        into settings: inout [Setting],
        origin: String
    ) throws(JSONError) {
        switch try self.peek() {
        case .object:
            try self.readObject { name, reader throws(JSONError) in
                try reader.flatten("\(key):\(String(name))", into: &settings, origin: origin)
            }
        case .array:
            var items: [String] = []
            try self.readArray { reader throws(JSONError) in items.append(try reader.scalarText()) }
            settings.append(Setting(key: key, value: items.joined(separator: ","), origin: origin))
        case .null: try self.readNull()
        case .bool, .number, .string:
            settings.append(Setting(key: key, value: try self.scalarText(), origin: origin))
        }
    }

    /// A string's text, or the literal text of a number, true or false.
    private mutating func scalarText() throws(JSONError) -> String {
        if try self.peek() == .string { return try self.readString() }
        return String(decoding: try self.readRawValue(), as: UTF8.self)
    }
}
