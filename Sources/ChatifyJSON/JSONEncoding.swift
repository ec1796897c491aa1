extension [UInt8] {
    /// Appends `utf8` between quotes, escaping what must be.
    @inline(__always)
    mutating func appendQuoted(_ utf8: UnsafeRawBufferPointer) {
        self.append(ASCII.quote)
        let plain = Self.plainCount(utf8, from: 0)
        if plain == utf8.count {
            self.append(contentsOf: utf8)
        } else {
            self.appendEscaped(utf8, plainPrefix: plain)
        }
        self.append(ASCII.quote)
    }

    /// Appends `value` in decimal digits.
    mutating func appendDecimal(_ value: Int64) {
        if value >= 0, value < 10 { return self.append(ASCII.zero &+ UInt8(truncatingIfNeeded: value)) }
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 20) { digits in
            var rest = value.magnitude
            var first = digits.count
            repeat {
                first &-= 1
                digits[first] = ASCII.zero &+ UInt8(truncatingIfNeeded: rest % 10)
                rest /= 10
            } while rest > 0
            if value < 0 {
                first &-= 1
                digits[first] = ASCII.minus
            }
            self.append(contentsOf: UnsafeBufferPointer(rebasing: digits[first...]))
        }
    }

    @inline(never)
    private mutating func appendEscaped(_ utf8: UnsafeRawBufferPointer, plainPrefix: Int) {
        var start = 0
        var stop = plainPrefix
        while true {
            self.append(contentsOf: utf8[start..<stop])
            guard stop < utf8.count else { return }
            self.appendEscape(of: utf8[stop])
            start = stop &+ 1
            stop = start &+ Self.plainCount(utf8, from: start)
        }
    }

    private mutating func appendEscape(of byte: UInt8) {
        self.append(ASCII.backslash)
        switch byte {
        case ASCII.quote, ASCII.backslash: self.append(byte)
        case 0x08: self.append(UInt8(ascii: "b"))
        case 0x0C: self.append(UInt8(ascii: "f"))
        case ASCII.lineFeed: self.append(UInt8(ascii: "n"))
        case ASCII.carriageReturn: self.append(UInt8(ascii: "r"))
        case ASCII.tab: self.append(UInt8(ascii: "t"))
        default:
            self.append(contentsOf: "u00".utf8)
            self.append(ASCII.zero &+ byte &>> 4)
            self.append((byte & 0xF) &+ (byte & 0xF < 10 ? 0x30 : 0x57))
        }
    }

    /// How many bytes from `start` on need no escape.
    @inline(__always)
    private static func plainCount(_ utf8: UnsafeRawBufferPointer, from start: Int) -> Int {
        var index = start
        while utf8.count &- index >= 8 {
            let stops = ByteWord.writingStops(ByteWord.load(utf8, at: index))
            guard stops == 0 else { return index &+ ByteWord.firstMarked(stops) &- start }
            index &+= 8
        }
        while index < utf8.count {
            let byte = utf8[index]
            guard byte >= ASCII.space, byte != ASCII.quote, byte != ASCII.backslash, byte != 0x7F else { break }
            index &+= 1
        }
        return index &- start
    }
}
