#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#endif

/// Random numbers from the operating system, drawn in bulk: a system call for each would cost more than stamping a message.
///
/// For names that must be unique. Secrets are drawn one by one where they are made.
package struct RandomPool: RandomNumberGenerator, Sendable {
    private static let shared = Locked(RandomPool())

    private let draw: @Sendable () -> [UInt64]
    private var words: [UInt64] = []

    /// Makes a pool that is filled by the operating system.
    init() { self.init(drawing: Self.systemWords) }

    /// Makes a pool that is filled by `draw`, which returns at least one number each time; for a simulation.
    package init(drawing draw: @escaping @Sendable () -> [UInt64]) { self.draw = draw }

    /// Returns two numbers from the pool that all tasks share.
    static func pair() -> (UInt64, UInt64) {
        self.shared.withLock { pool in (pool.next(), pool.next()) }
    }

    /// Returns the next number, filling the pool first if it is empty.
    package mutating func next() -> UInt64 {
        if self.words.isEmpty { self.words = self.draw() }
        return self.words.removeLast()
    }

    /// 32 words, which is what `getentropy` gives at once.
    private static func systemWords() -> [UInt64] {
        [UInt64](unsafeUninitializedCapacity: 32) { buffer, count in
            count = 32
            guard getentropy(buffer.baseAddress!, 32 * MemoryLayout<UInt64>.size) != 0 else { return }
            // Fails on no system this runs on; the slow way is as good.
            var generator = SystemRandomNumberGenerator()
            for index in 0..<32 { buffer[index] = generator.next() }
        }
    }
}
