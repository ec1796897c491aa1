/// Eight bytes examined at once: bit 7 of a byte in a result marks a hit.
///
/// A borrow can mark bytes above a true hit by mistake, never below one, so the lowest mark is always right.
enum ByteWord {
    private static let ones: UInt64 = 0x0101_0101_0101_0101
    private static let highBits: UInt64 = 0x8080_8080_8080_8080

    /// Loads the eight bytes at `offset`, the first one lowest.
    @inline(__always)
    static func load(_ bytes: UnsafeRawBufferPointer, at offset: Int) -> UInt64 {
        UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }

    /// Marks what ends a run of plain ASCII in a string that is read: controls, quotes, backslashes, non-ASCII bytes.
    @inline(__always)
    static func readingStops(_ word: UInt64) -> UInt64 {
        ((word &- (self.ones &* 0x20)) | self.zeros(word ^ (self.ones &* 0x22)) | self.zeros(word ^ (self.ones &* 0x5C))
            | word) & self.highBits
    }

    /// Marks what must be escaped in a string that is written: controls, U+007F, quotes, backslashes.
    @inline(__always)
    static func writingStops(_ word: UInt64) -> UInt64 {
        (((word &- (self.ones &* 0x20)) & ~word) | self.zeros(word ^ (self.ones &* 0x22))
            | self.zeros(word ^ (self.ones &* 0x5C)) | self.zeros(word ^ (self.ones &* 0x7F))) & self.highBits
    }

    /// The index (0–7) of the first marked byte; `marks` is not zero.
    @inline(__always)
    static func firstMarked(_ marks: UInt64) -> Int { marks.trailingZeroBitCount &>> 3 }

    @inline(__always)
    private static func zeros(_ word: UInt64) -> UInt64 { (word &- self.ones) & ~word }
}
