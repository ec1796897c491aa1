/// How times are written in JSON: ISO 8601 in UTC with milliseconds, such as `2026-01-15T10:30:00.123Z`.
package enum ISO8601 {
    /// The length of the written form, in bytes.
    package static let length = 24
    /// The first millisecond of the year 1, counted from 1970-01-01T00:00:00Z.
    package static let earliest: Int64 = -62_135_596_800_000
    /// The last millisecond of the year 9999.
    package static let latest: Int64 = 253_402_300_799_999

    /// Writes the 24 bytes; times outside the years 1–9999 are clamped to them.
    package static func write(millisecondsSinceEpoch: Int64, to buffer: UnsafeMutableBufferPointer<UInt8>) {
        let clamped = min(max(millisecondsSinceEpoch, self.earliest), self.latest)
        let (days, millisecondOfDay) = floorDivide(clamped, by: 86_400_000)
        let date = CivilDate(daysSinceEpoch: days)
        let second = millisecondOfDay / 1000
        self.write(date.year, digits: 4, at: 0, to: buffer)
        buffer[4] = UInt8(ascii: "-")
        self.write(date.month, digits: 2, at: 5, to: buffer)
        buffer[7] = UInt8(ascii: "-")
        self.write(date.day, digits: 2, at: 8, to: buffer)
        buffer[10] = UInt8(ascii: "T")
        self.write(second / 3600, digits: 2, at: 11, to: buffer)
        buffer[13] = UInt8(ascii: ":")
        self.write(second / 60 % 60, digits: 2, at: 14, to: buffer)
        buffer[16] = UInt8(ascii: ":")
        self.write(second % 60, digits: 2, at: 17, to: buffer)
        buffer[19] = UInt8(ascii: ".")
        self.write(millisecondOfDay % 1000, digits: 3, at: 20, to: buffer)
        buffer[23] = UInt8(ascii: "Z")
    }

    private static func write(_ value: Int64, digits: Int, at start: Int, to buffer: UnsafeMutableBufferPointer<UInt8>)
    {
        var rest = value
        for index in stride(from: start + digits - 1, through: start, by: -1) {
            buffer[index] = ASCII.zero + UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
        }
    }
}
