internal import ChatifyCore

/// What is looked for in the log.
struct ReplayRequest: Sendable, Hashable {
    let scopes: [ChatScope]
    let partition: Int32
    /// At least one.
    let offsets: Range<Int64>
    /// The most events.
    let limit: Int

    /// Whether it is answered before another of the same partition: by where it begins, then by where it ends.
    func precedes(_ other: ReplayRequest) -> Bool {
        (self.offsets.lowerBound, self.offsets.upperBound) < (other.offsets.lowerBound, other.offsets.upperBound)
    }
}
