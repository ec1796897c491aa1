/// The length in front of a record: seven bits a byte, the least significant first, the high bit set if more follow.
enum LengthPrefix {
    /// The most bytes a prefix may take, enough for 2³¹−1.
    private static let maxSize = 5

    /// Reads a prefix at `start`, nil if it is not complete yet.
    ///
    /// A prefix that is too long or says more than 2³¹−1 reads as a length that no limit allows.
    static func read(_ bytes: UnsafeRawBufferPointer, at start: Int) -> (length: Int, size: Int)? {
        var length = 0
        for index in 0..<min(bytes.count &- start, self.maxSize) {
            let byte = bytes[start &+ index]
            length |= Int(byte & 0x7F) &<< (7 &* index)
            if byte < 0x80 { return (length <= Int32.max ? length : .max, index &+ 1) }
        }
        return bytes.count &- start < self.maxSize ? nil : (.max, self.maxSize)
    }

    /// The prefix that says `length`.
    static func bytes(of length: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        var rest = length
        while rest >= 0x80 {
            bytes.append(UInt8(rest & 0x7F) | 0x80)
            rest >>= 7
        }
        return bytes + [UInt8(rest)]
    }
}
