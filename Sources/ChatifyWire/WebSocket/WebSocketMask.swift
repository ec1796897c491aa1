/// The four bytes with which a client disguises a payload, turned to the place that has been reached.
struct WebSocketMask: Sendable, Equatable {
    /// The mask's bytes, the next one to use lowest.
    private var key: UInt32

    init(_ first: UInt8, _ second: UInt8, _ third: UInt8, _ fourth: UInt8) {
        self.key = UInt32(first) | UInt32(second) << 8 | UInt32(third) << 16 | UInt32(fourth) << 24
    }

    /// Removes the mask from the next `masked` bytes of the payload, eight at a time.
    mutating func remove(from masked: UnsafeBufferPointer<UInt8>) -> [UInt8] {
        // All empty arrays are one object, which making one without initializing it writes to: a race to a thread sanitizer.
        guard !masked.isEmpty else { return [] }
        let key = self.key
        let masked = UnsafeRawBufferPointer(masked)
        let bytes = [UInt8](unsafeUninitializedCapacity: masked.count) { plain, count in
            let plain = UnsafeMutableRawBufferPointer(plain)
            let wide = (UInt64(key) << 32 | UInt64(key)).littleEndian
            var index = 0
            while index + 8 <= masked.count {
                let word = masked.loadUnaligned(fromByteOffset: index, as: UInt64.self) ^ wide
                plain.storeBytes(of: word, toByteOffset: index, as: UInt64.self)
                index += 8
            }
            var rest = key
            while index < masked.count {
                plain[index] = masked[index] ^ UInt8(truncatingIfNeeded: rest)
                rest >>= 8
                if index & 3 == 3 { rest = key }
                index += 1
            }
            count = masked.count
        }
        let turn = UInt32(masked.count & 3) * 8
        if turn > 0 { self.key = key >> turn | key << (32 - turn) }
        return bytes
    }
}
