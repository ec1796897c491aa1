/// Checks that bytes which come in pieces are UTF-8 (RFC 3629), failing at the first byte that cannot be.
package struct UTF8Validator: Sendable, Equatable {
    /// Continuation bytes still missing from the current scalar.
    private var missing: UInt8 = 0
    /// Bounds of the next continuation byte; narrower than 80–BF after E0, ED, F0 and F4, which shuts out overlong
    /// forms, surrogates and values over U+10FFFF.
    private var lower: UInt8 = 0x80
    private var upper: UInt8 = 0xBF

    package init() {}

    /// Whether the bytes so far end with a whole scalar.
    package var isComplete: Bool { self.missing == 0 }

    /// Takes more bytes; false as soon as they cannot be the beginning of UTF-8, after which the value is of no use.
    package mutating func consume(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var index = 0
        while index < bytes.count {
            if self.missing == 0 {
                index = Self.skipASCII(bytes, from: index)
                if index == bytes.count { return true }
            }
            guard self.accept(bytes[index]) else { return false }
            index += 1
        }
        return true
    }

    /// The place of the first byte over 7F at or after `index`.
    private static func skipASCII(_ bytes: UnsafeRawBufferPointer, from index: Int) -> Int {
        var index = index
        while index + 8 <= bytes.count {
            let word = bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self)
            if word & 0x8080_8080_8080_8080 != 0 { break }
            index += 8
        }
        while index < bytes.count, bytes[index] < 0x80 { index += 1 }
        return index
    }

    private mutating func accept(_ byte: UInt8) -> Bool {
        guard self.missing > 0 else { return self.begin(byte) }
        guard byte >= self.lower, byte <= self.upper else { return false }
        self.missing -= 1
        (self.lower, self.upper) = (0x80, 0xBF)
        return true
    }

    private mutating func begin(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x00...0x7F: return true
        case 0xC2...0xDF: self.missing = 1
        case 0xE0: (self.missing, self.lower) = (2, 0xA0)
        case 0xED: (self.missing, self.upper) = (2, 0x9F)
        case 0xE1...0xEF: self.missing = 2
        case 0xF0: (self.missing, self.lower) = (3, 0x90)
        case 0xF4: (self.missing, self.upper) = (3, 0x8F)
        case 0xF1...0xF3: self.missing = 3
        default: return false
        }
        return true
    }
}
