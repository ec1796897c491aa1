/// A point in time in UTC, to the millisecond.
///
/// Milliseconds are what the wire carries (ISO 8601 with three fractional digits) and what every store keeps, so a
/// time stamp compares the same before and after a round trip.
public struct Timestamp: Sendable, Hashable {
    /// Milliseconds since 1970-01-01T00:00:00Z; negative before that.
    public var millisecondsSinceEpoch: Int64

    /// Makes a time stamp from milliseconds since 1970-01-01T00:00:00Z.
    public init(millisecondsSinceEpoch: Int64) {
        self.millisecondsSinceEpoch = millisecondsSinceEpoch
    }

    /// Returns the time stamp that lies `duration` later, rounded down to the millisecond.
    public func advanced(by duration: Duration) -> Timestamp {
        Timestamp(millisecondsSinceEpoch: self.millisecondsSinceEpoch &+ duration.wholeMilliseconds)
    }

    /// Returns how much later `other` is than this time stamp; negative if it is earlier.
    public func duration(to other: Timestamp) -> Duration {
        .milliseconds(other.millisecondsSinceEpoch &- self.millisecondsSinceEpoch)
    }
}

extension Timestamp: Comparable {
    /// Orders by time, earlier first.
    public static func < (lhs: Timestamp, rhs: Timestamp) -> Bool {
        lhs.millisecondsSinceEpoch < rhs.millisecondsSinceEpoch
    }
}

extension Duration {
    /// The duration in milliseconds, rounded toward zero, clamped to what an `Int64` holds.
    package var wholeMilliseconds: Int64 {
        let (seconds, attoseconds) = self.components
        let (whole, overflow) = seconds.multipliedReportingOverflow(by: 1000)
        if overflow { return seconds < 0 ? .min : .max }
        let (sum, sumOverflow) = whole.addingReportingOverflow(attoseconds / 1_000_000_000_000_000)
        return sumOverflow ? (seconds < 0 ? .min : .max) : sum
    }

    /// The duration in whole seconds, rounded up, at least 1: whoever waits that long has waited long enough.
    package var wholeSecondsRoundedUp: Int64 {
        let (seconds, attoseconds) = self.components
        return max(1, attoseconds > 0 && seconds < .max ? seconds + 1 : seconds)
    }
}
