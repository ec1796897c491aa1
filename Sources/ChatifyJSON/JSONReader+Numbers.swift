extension JSONReader {
    /// Reads a number that is written as an integer.
    ///
    /// - Throws: If it has a fraction or an exponent, even one that changes nothing, or does not fit.
    package mutating func readInt64() throws(JSONError) -> Int64 {
        let start = try self.numberStart()
        let token = try self.scanNumber()
        guard let value = token.exactInteger else {
            throw JSONError(offset: start, reason: "expected an integer of 64 bits")
        }
        return value
    }

    /// Reads a number: an integer where it is written as one and fits, else the nearest double.
    ///
    /// `-0` is a double, as no integer could tell it from `0`.
    /// - Throws: If it is greater than every finite double.
    package mutating func readNumber() throws(JSONError) -> JSONNumber {
        let start = try self.numberStart()
        let token = try self.scanNumber()
        if let value = token.exactInteger, value != 0 || !token.isNegative { return .integer(value) }
        let text = String(decoding: self.bytes[start..<self.position], as: UTF8.self)
        guard let value = Double(text), value.isFinite else {
            throw JSONError(offset: start, reason: "number out of range")
        }
        return .double(value)
    }

    private mutating func numberStart() throws(JSONError) -> Int {
        let byte = try self.nextByte()
        guard byte == ASCII.minus || ASCII.isDigit(byte) else { throw self.error("expected a number") }
        return self.position
    }

    /// Passes over a number (RFC 8259, section 6).
    private mutating func scanNumber() throws(JSONError) -> NumberToken {
        var token = NumberToken()
        if self.skip(ASCII.minus) { token.isNegative = true }
        try self.scanIntegerPart(into: &token)
        if self.skip(ASCII.dot) {
            token.isInteger = false
            try self.skipDigits()
        }
        if self.skip(UInt8(ascii: "e")) || self.skip(UInt8(ascii: "E")) {
            token.isInteger = false
            if !self.skip(ASCII.plus) { _ = self.skip(ASCII.minus) }
            try self.skipDigits()
        }
        return token
    }

    private mutating func scanIntegerPart(into token: inout NumberToken) throws(JSONError) {
        let start = self.position
        while self.position < self.bytes.count, ASCII.isDigit(self.bytes[self.position]) {
            token.append(digit: self.bytes[self.position] &- ASCII.zero)
            self.position &+= 1
        }
        guard self.position > start else { throw self.error("expected a digit") }
        guard self.bytes[start] != ASCII.zero || self.position == start &+ 1 else {
            throw JSONError(offset: start, reason: "leading zero in a number")
        }
    }

    private mutating func skipDigits() throws(JSONError) {
        let start = self.position
        while self.position < self.bytes.count, ASCII.isDigit(self.bytes[self.position]) { self.position &+= 1 }
        guard self.position > start else { throw self.error("expected a digit") }
    }

    @inline(__always)
    private mutating func skip(_ byte: UInt8) -> Bool {
        guard self.position < self.bytes.count, self.bytes[self.position] == byte else { return false }
        self.position &+= 1
        return true
    }
}

/// What is known of a number once its bytes were passed over.
private struct NumberToken {
    var isNegative = false
    var isInteger = true
    private var magnitude: UInt64 = 0

    mutating func append(digit: UInt8) {
        let (product, productOverflow) = self.magnitude.multipliedReportingOverflow(by: 10)
        let (sum, sumOverflow) = product.addingReportingOverflow(UInt64(digit))
        if productOverflow || sumOverflow { self.isInteger = false }
        self.magnitude = sum
    }

    /// The value if the number is written as an integer and fits.
    var exactInteger: Int64? {
        guard self.isInteger else { return nil }
        guard self.isNegative else { return Int64(exactly: self.magnitude) }
        return self.magnitude <= Int64.min.magnitude ? Int64(truncatingIfNeeded: 0 &- self.magnitude) : nil
    }
}
