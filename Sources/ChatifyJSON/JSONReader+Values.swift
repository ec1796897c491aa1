extension JSONReader {
    /// What a value is, as its first byte tells.
    package enum Kind: Sendable {
        case null, bool, number, string, array, object
    }

    /// Tells what the next value is without reading it.
    package mutating func peek() throws(JSONError) -> Kind {
        switch try self.nextByte() {
        case ASCII.quote: return .string
        case ASCII.openBrace: return .object
        case ASCII.openBracket: return .array
        case ASCII.minus, ASCII.zero...ASCII.nine: return .number
        case UInt8(ascii: "t"), UInt8(ascii: "f"): return .bool
        case UInt8(ascii: "n"): return .null
        default: throw self.error("expected a value")
        }
    }

    /// Reads `null`.
    package mutating func readNull() throws(JSONError) {
        _ = try self.nextByte()
        guard self.skipLiteral("null") else { throw self.error("expected null") }
    }

    /// Reads `true` or `false`.
    package mutating func readBool() throws(JSONError) -> Bool {
        _ = try self.nextByte()
        if self.skipLiteral("true") { return true }
        guard self.skipLiteral("false") else { throw self.error("expected true or false") }
        return false
    }

    /// Checks the next value and passes over it.
    package mutating func skipValue() throws(JSONError) {
        switch try self.peek() {
        case .null: try self.readNull()
        case .bool: _ = try self.readBool()
        case .number: _ = try self.readNumber()
        case .string: _ = try self.scanString()
        case .array: try self.readArray { (reader) throws(JSONError) in try reader.skipValue() }
        case .object: try self.readObject { (_, reader) throws(JSONError) in try reader.skipValue() }
        }
    }

    /// Checks the next value and lends its bytes, without the white space around it.
    package mutating func readRawValue() throws(JSONError) -> UnsafeRawBufferPointer {
        self.skipWhiteSpace()
        let start = self.position
        try self.skipValue()
        return UnsafeRawBufferPointer(rebasing: self.bytes[start..<self.position])
    }

    private mutating func skipLiteral(_ literal: StaticString) -> Bool {
        let count = literal.utf8CodeUnitCount
        guard self.bytes.count &- self.position >= count else { return false }
        for index in 0..<count where self.bytes[self.position &+ index] != literal.utf8Start[index] { return false }
        self.position &+= count
        return true
    }
}
