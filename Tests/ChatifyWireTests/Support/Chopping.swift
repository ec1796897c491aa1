import TestSupport

/// The ways in which the same bytes may arrive.
enum Chopping {
    /// `bytes` whole, byte by byte, and cut at random places in `rounds` ways.
    static func allWays(_ bytes: [UInt8], rounds: UInt64 = 8) -> [[[UInt8]]] {
        [[bytes], bytes.map { [$0] }] + (0..<rounds).map { self.randomly(bytes, seed: $0) }
    }

    /// Pieces of `size` bytes, the last one shorter.
    static func pieces(_ bytes: [UInt8], of size: Int) -> [[UInt8]] {
        stride(from: 0, to: bytes.count, by: size).map { Array(bytes[$0..<min($0 + size, bytes.count)]) }
    }

    /// Pieces of random sizes, many small and a few large, now and then an empty one.
    static func randomly(_ bytes: [UInt8], seed: UInt64) -> [[UInt8]] {
        var generator = SeededRandom(seed: seed)
        var pieces: [[UInt8]] = []
        var start = 0
        while start < bytes.count {
            let largest = Bool.random(using: &generator) ? 3 : 64
            let end = min(start + Int.random(in: 0...largest, using: &generator), bytes.count)
            pieces.append(Array(bytes[start..<end]))
            start = end
        }
        return pieces
    }
}
