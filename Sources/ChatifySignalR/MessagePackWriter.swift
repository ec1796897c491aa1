/// Writes MessagePack in the shortest forms.
///
/// The caller keeps the counts right: as many values follow the head of an array as it says, twice as many that of a map.
struct MessagePackWriter {
    /// What was written so far.
    private(set) var bytes: [UInt8] = []

    /// Makes a writer with room for `capacity` bytes before it has to grow.
    init(reserving capacity: Int) { self.bytes.reserveCapacity(capacity) }

    /// Writes nil.
    mutating func null() { self.bytes.append(0xC0) }

    /// Writes a truth value.
    mutating func bool(_ value: Bool) { self.bytes.append(value ? 0xC3 : 0xC2) }

    /// Writes an integer in as few bytes as hold it.
    mutating func int(_ value: Int64) {
        switch value {
        case 0...0x7F: self.bytes.append(UInt8(value))
        case -0x20..<0: self.bytes.append(UInt8(bitPattern: Int8(value)))
        case 0...0xFF: self.append(0xCC, UInt8(value))
        case 0...0xFFFF: self.append(0xCD, UInt16(value))
        case 0...0xFFFF_FFFF: self.append(0xCE, UInt32(value))
        case 0...Int64.max: self.append(0xCF, UInt64(value))
        case -0x80..<0: self.append(0xD0, Int8(value))
        case -0x8000..<0: self.append(0xD1, Int16(value))
        case -0x8000_0000..<0: self.append(0xD2, Int32(value))
        default: self.append(0xD3, value)
        }
    }

    /// Writes a number of 64 bits, finite or not.
    mutating func double(_ value: Double) { self.append(0xCB, value.bitPattern) }

    /// Writes a string.
    mutating func string(_ value: String) {
        let count = value.utf8.count
        if count < 32 { self.bytes.append(0xA0 | UInt8(count)) } else { self.head(0xD9, count) }
        self.bytes.append(contentsOf: value.utf8)
    }

    /// Writes binary data.
    mutating func bytes(_ value: [UInt8]) {
        self.head(0xC4, value.count)
        self.bytes.append(contentsOf: value)
    }

    /// Writes the head of an array; as many values follow.
    mutating func array(count: Int) {
        if count < 16 { self.bytes.append(0x90 | UInt8(count)) } else { self.wideHead(0xDC, count) }
    }

    /// Writes the head of a map; as many names and values follow in turn.
    mutating func map(count: Int) {
        if count < 16 { self.bytes.append(0x80 | UInt8(count)) } else { self.wideHead(0xDE, count) }
    }

    /// Writes a time stamp in the shortest of its three forms (MessagePack specification, "Timestamp extension type").
    mutating func time(millisecondsSinceEpoch milliseconds: Int64) {
        var (seconds, rest) = milliseconds.quotientAndRemainder(dividingBy: 1000)
        if rest < 0 { (seconds, rest) = (seconds - 1, rest + 1000) }
        let nanoseconds = UInt64(rest * 1_000_000)
        let type = UInt8(bitPattern: MessagePackReader.timestamp)
        if nanoseconds == 0, let seconds = UInt32(exactly: seconds) {
            self.append(0xD6, type)
            self.append(seconds)
        } else if (0..<1 << 34).contains(seconds) {
            self.append(0xD7, type)
            self.append(nanoseconds << 34 | UInt64(seconds))
        } else {
            self.append(0xC7, 12 as UInt8)
            self.append(type)
            self.append(UInt32(nanoseconds))
            self.append(seconds)
        }
    }

    /// Writes a value that is MessagePack already, as it is.
    mutating func raw(_ messagePack: [UInt8]) { self.bytes.append(contentsOf: messagePack) }

    /// Writes the head of a string or of binary data: `format`, or one of the two after it, by the width of the count.
    private mutating func head(_ format: UInt8, _ count: Int) {
        if let count = UInt8(exactly: count) { self.append(format, count) } else { self.wideHead(format + 1, count) }
    }

    private mutating func wideHead(_ format: UInt8, _ count: Int) {
        if let count = UInt16(exactly: count) {
            self.append(format, count)
        } else {
            self.append(format + 1, UInt32(count))
        }
    }

    private mutating func append(_ format: UInt8, _ value: some FixedWidthInteger) {
        self.bytes.append(format)
        self.append(value)
    }

    private mutating func append(_ value: some FixedWidthInteger) {
        withUnsafeBytes(of: value.bigEndian) { self.bytes.append(contentsOf: $0) }
    }
}
