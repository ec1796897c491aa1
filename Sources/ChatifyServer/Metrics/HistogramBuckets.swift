/// How many values were at most how large; a pure value.
struct HistogramBuckets: Sendable, Hashable {
    /// The upper bounds, ascending; beyond the last there is one more bucket.
    let bounds: [Double]
    private var counts: [Int]
    private(set) var sum = 0.0

    init(bounds: [Double]) {
        self.bounds = bounds
        self.counts = Array(repeating: 0, count: bounds.count + 1)
    }

    var count: Int { self.counts.reduce(0, +) }

    /// Each bound with the number of values up to it; the last bound is infinity.
    var cumulative: [(bound: Double, count: Int)] {
        var sum = 0
        return zip(self.bounds + [.infinity], self.counts).map { bound, count in
            sum += count
            return (bound, sum)
        }
    }

    /// Counts a value; one that is not a number is left out.
    mutating func record(_ value: Double) {
        guard !value.isNaN else { return }
        self.counts[self.bounds.firstIndex { value <= $0 } ?? self.bounds.count] += 1
        self.sum += value
    }
}
