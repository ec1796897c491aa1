/// The validated bytes between the quotes of a string.
struct JSONStringContents {
    let bytes: UnsafeRawBufferPointer
    let hasEscapes: Bool

    @inline(__always)
    func makeString() -> String {
        self.hasEscapes ? self.unescaped() : String(decoding: self.bytes, as: UTF8.self)
    }

    /// An escape is never shorter than what it stands for, so the bytes' own count is room enough.
    @inline(never)
    private func unescaped() -> String {
        String(unsafeUninitializedCapacity: self.bytes.count) { target in
            var source = 0
            var written = 0
            while source < self.bytes.count {
                let byte = self.bytes[source]
                if byte == ASCII.backslash {
                    self.decodeEscape(at: &source, into: target, at: &written)
                } else {
                    target[written] = byte
                    source &+= 1
                    written &+= 1
                }
            }
            return written
        }
    }

    private func decodeEscape(
        at source: inout Int,
        into target: UnsafeMutableBufferPointer<UInt8>,
        at written: inout Int
    ) {
        let name = self.bytes[source &+ 1]
        source &+= 2
        guard name == UInt8(ascii: "u") else {
            target[written] = Self.meaning(ofEscape: name)
            written &+= 1
            return
        }
        var value = self.hexValue(at: source)
        source &+= 4
        if value & 0xFC00 == 0xD800, let low = self.lowSurrogate(at: source) {
            value = 0x10000 &+ ((value & 0x3FF) &<< 10 | (low & 0x3FF))
            source &+= 6
        }
        // Half a pair is no scalar.
        for unit in UTF8.encode(Unicode.Scalar(value) ?? "\u{FFFD}") ?? UTF8.encodedReplacementCharacter {
            target[written] = unit
            written &+= 1
        }
    }

    /// The second half of a pair, if that is what is escaped at `offset`.
    private func lowSurrogate(at offset: Int) -> UInt32? {
        guard self.bytes.count &- offset >= 6, self.bytes[offset] == ASCII.backslash,
            self.bytes[offset &+ 1] == UInt8(ascii: "u")
        else { return nil }
        let value = self.hexValue(at: offset &+ 2)
        return value & 0xFC00 == 0xDC00 ? value : nil
    }

    /// The four hexadecimal digits at `offset`, which were checked when the string was scanned.
    private func hexValue(at offset: Int) -> UInt32 {
        var value: UInt32 = 0
        for index in offset..<offset &+ 4 { value = value &<< 4 | (ASCII.hexValue(self.bytes[index]) ?? 0) }
        return value
    }

    private static func meaning(ofEscape name: UInt8) -> UInt8 {
        switch name {
        case UInt8(ascii: "b"): 0x08
        case UInt8(ascii: "f"): 0x0C
        case UInt8(ascii: "n"): ASCII.lineFeed
        case UInt8(ascii: "r"): ASCII.carriageReturn
        case UInt8(ascii: "t"): ASCII.tab
        default: name
        }
    }
}
