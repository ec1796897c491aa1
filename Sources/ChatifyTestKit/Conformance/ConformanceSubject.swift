/// An adapter under test, and what a check may do to it.
///
/// Each check gets a subject of its own, whose adapter is new and holds nothing.
public protocol ConformanceSubject: Sendable {
    /// How long one step may take before a check says that it hangs; generous, for it costs time only when something is broken.
    var patience: Duration { get }
    /// What the adapter declares and this subject is able to show.
    var offers: Set<ConformanceNeed> { get }
}

extension ConformanceSubject {
    /// Runs one step, and fails with `words` if it does not end.
    func within<Value: Sendable>(
        _ words: String,
        _ body: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        try await abandon(after: self.patience, with: BrokenLaw(words), body)
    }
}
