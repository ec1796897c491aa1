/// Latencies in microseconds, kept to about one per cent.
public struct Histogram: Sendable {
    private var counts = [Int](repeating: 0, count: 64 * 64)
    /// The number of values.
    public private(set) var total = 0

    /// Makes an empty histogram.
    public init() {}

    /// Adds one value.
    public mutating func add(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        let value = UInt64(max(0, seconds * 1_000_000 + attoseconds / 1_000_000_000_000))
        self.counts[Self.bucket(value)] += 1
        self.total += 1
    }

    /// The value that `fraction` of all values do not exceed, in microseconds.
    public func percentile(_ fraction: Double) -> UInt64 {
        var left = Int((Double(self.total) * fraction).rounded(.up))
        for (bucket, count) in self.counts.enumerated() {
            left -= count
            if left <= 0 { return Self.value(bucket) }
        }
        return 0
    }

    // 64 buckets per power of two; below 64 exact.
    private static func bucket(_ value: UInt64) -> Int {
        guard value >= 64 else { return Int(value) }
        let exponent = 63 - value.leadingZeroBitCount
        return (exponent - 5) * 64 + Int(value >> UInt64(exponent - 6) & 63)
    }

    private static func value(_ bucket: Int) -> UInt64 {
        guard bucket >= 64 else { return UInt64(bucket) }
        let exponent = bucket / 64 + 5
        return (64 + UInt64(bucket % 64)) << UInt64(exponent - 6)
    }
}
