internal import ChatifyJSON

// ISO 8601 as contracts §1 has it: written with milliseconds and `Z`, read with 0–9 fractional digits and any offset.

extension Timestamp: CustomStringConvertible {
    /// The time stamp as ISO 8601 in UTC with milliseconds, such as `2026-01-15T10:30:00.123Z`.
    public var description: String {
        String(unsafeUninitializedCapacity: ISO8601.length) { buffer in
            ISO8601.write(millisecondsSinceEpoch: self.millisecondsSinceEpoch, to: buffer)
            return ISO8601.length
        }
    }

    /// The earliest time stamp that can be written: year 0001.
    public static let earliest = Timestamp(millisecondsSinceEpoch: ISO8601.earliest)

    /// The latest time stamp that can be written: the end of year 9999.
    public static let latest = Timestamp(millisecondsSinceEpoch: ISO8601.latest)

    /// Reads ISO 8601: `YYYY-MM-DDThh:mm:ss`, then 0–9 fractional digits, then `Z` or an offset `±hh:mm`.
    ///
    /// Digits beyond the millisecond are cut off. `nil` for anything else, for impossible dates, and for instants
    /// outside the years 1–9999.
    public init?(iso8601 text: some StringProtocol) {
        var text = String(text)
        let parsed = text.withUTF8 { Self.parse($0) }
        guard let parsed else { return nil }
        self = parsed
    }

    private static func parse(_ bytes: UnsafeBufferPointer<UInt8>) -> Timestamp? {
        var scanner = ISO8601Scanner(bytes: bytes)
        guard let date = scanner.date(), scanner.skip("T", or: "t"), let time = scanner.timeOfDay(),
            let fraction = scanner.fraction(), let offset = scanner.offset(), scanner.isAtEnd
        else { return nil }
        let total = (date.daysSinceEpoch * 86_400 + time - offset) * 1000 + fraction
        let result = Timestamp(millisecondsSinceEpoch: total)
        return (earliest...latest).contains(result) ? result : nil
    }
}

/// Reads the parts of an ISO 8601 date and time from left to right.
private struct ISO8601Scanner {
    let bytes: UnsafeBufferPointer<UInt8>
    var index = 0

    var isAtEnd: Bool { self.index == self.bytes.count }

    mutating func skip(_ expected: Unicode.Scalar, or alternative: Unicode.Scalar? = nil) -> Bool {
        guard self.index < self.bytes.count else { return false }
        let byte = self.bytes[self.index]
        guard byte == UInt8(ascii: expected) || alternative.map({ byte == UInt8(ascii: $0) }) ?? false else {
            return false
        }
        self.index += 1
        return true
    }

    mutating func number(digits: Int, in range: ClosedRange<Int64>) -> Int64? {
        guard self.bytes.count - self.index >= digits else { return nil }
        var value: Int64 = 0
        for _ in 0..<digits {
            let digit = self.bytes[self.index] &- UInt8(ascii: "0")
            guard digit <= 9 else { return nil }
            value = value * 10 + Int64(digit)
            self.index += 1
        }
        return range.contains(value) ? value : nil
    }

    mutating func date() -> CivilDate? {
        guard let year = self.number(digits: 4, in: 1...9999), self.skip("-"),
            let month = self.number(digits: 2, in: 1...12), self.skip("-"),
            let day = self.number(digits: 2, in: 1...CivilDate.length(ofMonth: month, in: year))
        else { return nil }
        return CivilDate(year: year, month: month, day: day)
    }

    /// Seconds since midnight; a leap second is refused, as .NET refuses it.
    mutating func timeOfDay() -> Int64? {
        guard let hour = self.number(digits: 2, in: 0...23), self.skip(":"),
            let minute = self.number(digits: 2, in: 0...59), self.skip(":"),
            let second = self.number(digits: 2, in: 0...59)
        else { return nil }
        return hour * 3600 + minute * 60 + second
    }

    /// Milliseconds of the fraction, zero if there is none.
    mutating func fraction() -> Int64? {
        guard self.skip(".") else { return 0 }
        var milliseconds: Int64 = 0
        var digits = 0
        while self.index < self.bytes.count {
            let digit = self.bytes[self.index] &- UInt8(ascii: "0")
            guard digit <= 9 else { break }
            if digits < 3 { milliseconds = milliseconds * 10 + Int64(digit) }
            digits += 1
            self.index += 1
        }
        guard (1...9).contains(digits) else { return nil }
        for _ in digits..<max(digits, 3) { milliseconds *= 10 }
        return milliseconds
    }

    /// Seconds east of UTC.
    mutating func offset() -> Int64? {
        if self.skip("Z", or: "z") { return 0 }
        let sign: Int64 = self.skip("+") ? 1 : self.skip("-") ? -1 : 0
        guard sign != 0, let hours = self.number(digits: 2, in: 0...23), self.skip(":"),
            let minutes = self.number(digits: 2, in: 0...59)
        else { return nil }
        return sign * (hours * 3600 + minutes * 60)
    }
}
