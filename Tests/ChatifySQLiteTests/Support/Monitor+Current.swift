internal import ChatifyCore

extension Monitor where Value: Sendable {
    /// The value at this moment.
    var current: Value { self.withLock { value in value } }
}
