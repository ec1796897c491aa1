internal import ChatifyJSON

extension HubValue {
    /// Reads any value; the reader's depth limit bounds the recursion.
    init(from reader: inout JSONReader) throws(JSONError) {
        switch try reader.peek() {
        case .null:
            try reader.readNull()
            self = .null
        case .bool: self = .bool(try reader.readBool())
        case .number:
            switch try reader.readNumber() {
            case .integer(let value): self = .integer(value)
            case .double(let value): self = .double(value)
            }
        case .string: self = .string(try reader.readString())
        case .array: self = .array(try reader.readHubValues())
        case .object:
            var members: [Member] = []
            members.reserveCapacity(4)
            try reader.readObject { (key, reader) throws(JSONError) in
                members.append(Member(String(key), try HubValue(from: &reader)))
            }
            self = .object(members)
        }
    }
}

extension JSONReader {
    /// Reads an array of any values.
    mutating func readHubValues() throws(JSONError) -> [HubValue] {
        var values: [HubValue] = []
        try self.readArray { (reader) throws(JSONError) in values.append(try HubValue(from: &reader)) }
        return values
    }

    /// Reads an array of strings and nothing else.
    mutating func readStrings() throws(JSONError) -> [String] {
        var strings: [String] = []
        try self.readArray { (reader) throws(JSONError) in strings.append(try reader.readString()) }
        return strings
    }

    /// Reads an object of strings; the last of several members of one name counts.
    mutating func readHeaders() throws(JSONError) -> [String: String] {
        var headers: [String: String] = [:]
        try self.readObject { (key, reader) throws(JSONError) in headers[String(key)] = try reader.readString() }
        return headers
    }

    /// Reads `null` as nil and anything else with `body`.
    mutating func readOptional<Value>(
        _ body: (inout JSONReader) throws(JSONError) -> Value
    ) throws(JSONError) -> Value? {
        guard try self.peek() == .null else { return try body(&self) }
        try self.readNull()
        return nil
    }
}
