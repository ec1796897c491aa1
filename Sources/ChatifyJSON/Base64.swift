/// Base64 (RFC 4648): the standard alphabet with padding, or the URL-safe one without.
package enum Base64 {
    /// Which digits stand for 62 and 63, and whether the end is padded.
    package enum Alphabet {
        case standard
        case urlSafe
    }

    /// The ASCII digits of `bytes`.
    package static func encode(_ bytes: [UInt8], as alphabet: Alphabet) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count / 3 + 1) * 4)
        for start in stride(from: 0, to: bytes.count, by: 3) {
            self.append(bytes[start..<min(start + 3, bytes.count)], as: alphabet, to: &text)
        }
        return text
    }

    /// Appends the digits of one to three bytes.
    private static func append(_ group: ArraySlice<UInt8>, as alphabet: Alphabet, to text: inout [UInt8]) {
        var bits: UInt32 = 0
        for index in 0..<3 {
            bits = bits << 8 | (index < group.count ? UInt32(group[group.startIndex + index]) : 0)
        }
        for index in 0...group.count {
            text.append(self.digit(UInt8(truncatingIfNeeded: bits >> (18 - 6 * UInt32(index))) & 0x3F, in: alphabet))
        }
        if alphabet == .standard { for _ in group.count..<3 { text.append(UInt8(ascii: "=")) } }
    }

    private static func digit(_ value: UInt8, in alphabet: Alphabet) -> UInt8 {
        switch value {
        case 0..<26: UInt8(ascii: "A") + value
        case 26..<52: UInt8(ascii: "a") + (value - 26)
        case 52..<62: UInt8(ascii: "0") + (value - 52)
        case 62: alphabet == .standard ? UInt8(ascii: "+") : UInt8(ascii: "-")
        default: alphabet == .standard ? UInt8(ascii: "/") : UInt8(ascii: "_")
        }
    }

    /// The bytes of URL-safe digits, or `nil` if there is any other character.
    package static func decode(urlSafe text: some Sequence<UInt8>) -> [UInt8]? {
        var bytes: [UInt8] = []
        var bits: UInt32 = 0
        var count = 0
        for character in text {
            guard let value = self.value(ofURLSafe: character) else { return nil }
            bits = bits << 6 | value
            count += 6
            guard count >= 8 else { continue }
            count -= 8
            bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
        }
        return bytes
    }

    private static func value(ofURLSafe digit: UInt8) -> UInt32? {
        switch digit {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(digit - UInt8(ascii: "A"))
        case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(digit - UInt8(ascii: "a")) + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(digit - UInt8(ascii: "0")) + 52
        case UInt8(ascii: "-"): 62
        case UInt8(ascii: "_"): 63
        default: nil
        }
    }
}
