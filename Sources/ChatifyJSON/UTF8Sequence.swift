/// Well-formed multi-byte UTF-8 sequences (RFC 3629, section 4).
enum UTF8Sequence {
    /// The length (2–4) of the sequence at `offset`, nil if it is malformed, overlong, a surrogate or cut off.
    static func length(in bytes: UnsafeRawBufferPointer, at offset: Int) -> Int? {
        let left = bytes.count &- offset
        guard left >= 2 else { return nil }
        let second = bytes[offset &+ 1]
        switch bytes[offset] {
        case 0xC2...0xDF:
            return self.isContinuation(second) ? 2 : nil
        case let lead where lead & 0xF0 == 0xE0:
            guard left >= 3, self.isContinuation(bytes[offset &+ 2]) else { return nil }
            return self.isSecond(second, afterThreeByteLead: lead) ? 3 : nil
        case let lead where lead >= 0xF0 && lead <= 0xF4:
            guard left >= 4, self.isContinuation(bytes[offset &+ 2]) else { return nil }
            guard self.isContinuation(bytes[offset &+ 3]) else { return nil }
            return self.isSecond(second, afterFourByteLead: lead) ? 4 : nil
        default:
            return nil
        }
    }

    @inline(__always)
    private static func isContinuation(_ byte: UInt8) -> Bool { byte & 0xC0 == 0x80 }

    private static func isSecond(_ byte: UInt8, afterThreeByteLead lead: UInt8) -> Bool {
        switch lead {
        case 0xE0: byte >= 0xA0 && byte <= 0xBF
        case 0xED: byte >= 0x80 && byte <= 0x9F
        default: self.isContinuation(byte)
        }
    }

    private static func isSecond(_ byte: UInt8, afterFourByteLead lead: UInt8) -> Bool {
        switch lead {
        case 0xF0: byte >= 0x90 && byte <= 0xBF
        case 0xF4: byte >= 0x80 && byte <= 0x8F
        default: self.isContinuation(byte)
        }
    }
}
