/// A number that stands for a whole schedule (FNV-1a, 64 bits): equal schedules have equal ones.
package struct TraceHash: Hashable, Sendable {
    /// The number so far.
    package private(set) var value: UInt64 = 0xCBF2_9CE4_8422_2325

    /// Takes in one more thing that happened.
    mutating func mix(_ number: UInt64) {
        var rest = number
        for _ in 0..<8 {
            self.value = (self.value ^ (rest & 0xFF)) &* 0x100_0000_01B3
            rest >>= 8
        }
    }
}
