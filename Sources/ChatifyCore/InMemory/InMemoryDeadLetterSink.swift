/// Dead letters in memory: gone with the process.
///
/// Bound: it holds `capacity` letters; then ``send(_:)`` throws until the process ends, and with it whoever writes the
/// history waits, because a letter is never dropped.
public final class InMemoryDeadLetterSink: DeadLetterSink {
    private let capacity: Int
    private let kept = Locked([DeadLetter]())

    /// Makes an empty sink.
    /// - Parameter capacity: The most letters it holds.
    public init(capacity: Int = 10_000) {
        self.capacity = capacity
    }

    /// The letters kept, in the order they came.
    public var letters: [DeadLetter] { self.kept.withLock { $0 } }

    /// Keeps one dead letter.
    /// - Throws: ``ChatError`` with code ``ChatError/Code/unavailable`` if the sink is full.
    public func send(_ letter: DeadLetter) async throws(ChatError) {
        let isKept = self.kept.withLock { kept in
            guard kept.count < self.capacity else { return false }
            kept.append(letter)
            return true
        }
        guard isKept else {
            throw ChatError(.unavailable, "The in-memory dead-letter sink is full with \(self.capacity) letters.")
        }
    }
}
