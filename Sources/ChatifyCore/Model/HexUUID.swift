// The 8-4-4-4-12 form of a UUID (RFC 9562 §4), for message ids and correlation ids.

/// Sixteen bytes as two words, most significant first.
package struct HexUUID: Sendable, Hashable {
    package var high: UInt64
    package var low: UInt64

    package init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// The length of the written form, in bytes.
    package static let length = 36

    /// A UUID of random bits (RFC 9562 §5.4, version 4); six of those given are overwritten.
    package static func version4(high: UInt64, low: UInt64) -> HexUUID {
        HexUUID(
            high: high & 0xFFFF_FFFF_FFFF_0FFF | 0x4000,
            low: low & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000
        )
    }

    /// Reads the 36 bytes of the hyphenated form, hex digits in any case; `nil` for anything else.
    package init?(_ bytes: UnsafeBufferPointer<UInt8>) {
        guard bytes.count == Self.length else { return nil }
        var words: (high: UInt64, low: UInt64) = (0, 0)
        for (index, byte) in bytes.enumerated() {
            if Self.isHyphen(index) {
                guard byte == UInt8(ascii: "-") else { return nil }
                continue
            }
            guard let digit = hexValue(byte) else { return nil }
            words.high = words.high << 4 | words.low >> 60
            words.low = words.low << 4 | UInt64(digit)
        }
        self.init(high: words.high, low: words.low)
    }

    /// Writes the 36 bytes of the hyphenated form in lower case.
    package func write(to buffer: UnsafeMutableBufferPointer<UInt8>) {
        var (high, low) = (self.high, self.low)
        for index in 0..<Self.length {
            if Self.isHyphen(index) {
                buffer[index] = UInt8(ascii: "-")
                continue
            }
            let digit = UInt8(truncatingIfNeeded: high >> 60)
            buffer[index] = digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10
            high = high << 4 | low >> 60
            low <<= 4
        }
    }

    package var text: String {
        String(unsafeUninitializedCapacity: Self.length) { buffer in
            self.write(to: buffer)
            return Self.length
        }
    }

    private static func isHyphen(_ index: Int) -> Bool {
        index == 8 || index == 13 || index == 18 || index == 23
    }
}

private func hexValue(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    default: nil
    }
}
