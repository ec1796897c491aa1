internal import TestSupport

/// Draws what happens in a world, from its seed.
struct WorldRandom: RandomNumberGenerator {
    private var source: SeededRandom

    init(seed: UInt64) { self.source = SeededRandom(seed: seed) }

    mutating func next() -> UInt64 { self.source.next() }

    /// Whether something with a chance of `chance` in a hundred happens.
    mutating func percent(_ chance: Int) -> Bool {
        chance > 0 && Int(self.next() % 100) < chance
    }

    /// A whole number of `range`.
    mutating func pick(_ range: ClosedRange<Int>) -> Int {
        range.lowerBound + Int(self.next() % UInt64(range.count))
    }

    /// One of `elements`, of which there must be some.
    mutating func pick<Element>(_ elements: [Element]) -> Element {
        elements[Int(self.next() % UInt64(elements.count))]
    }

    /// A duration to the microsecond, up to `limit`.
    mutating func duration(upTo limit: Duration) -> Duration {
        let (seconds, attoseconds) = limit.components
        let microseconds = UInt64(seconds) * 1_000_000 + UInt64(attoseconds / 1_000_000_000_000)
        return .microseconds(Int64(self.next() % (microseconds + 1)))
    }

    /// A duration in seconds between two bounds.
    mutating func seconds(_ bounds: ClosedRange<Double>) -> Duration {
        .seconds(bounds.lowerBound) + self.duration(upTo: .seconds(bounds.upperBound - bounds.lowerBound))
    }
}
