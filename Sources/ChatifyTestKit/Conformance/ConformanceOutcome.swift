/// What came of one check.
public enum ConformanceOutcome: Sendable, Hashable {
    /// The adapter kept the law.
    case passed
    /// The adapter broke the law.
    case failed(ConformanceFailure)
    /// The law means nothing for this adapter, or the subject cannot show it; the words say which.
    case notApplicable(String)

    /// How the adapter broke the law, if it did.
    public var failure: ConformanceFailure? {
        if case .failed(let failure) = self { failure } else { nil }
    }
}
