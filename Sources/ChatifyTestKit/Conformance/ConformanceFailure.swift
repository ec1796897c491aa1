/// An adapter broke a law of its port.
public struct ConformanceFailure: Error, Sendable, Hashable, CustomStringConvertible {
    /// The name of the check.
    public let check: String
    /// The sentence of the port's contract that was broken.
    public let law: String
    /// What the adapter did wrong.
    public let deed: String
    /// What it should have answered, where that is one value.
    public let expected: String?
    /// What it answered instead.
    public let actual: String?

    init(check: String, law: String, broken: BrokenLaw) {
        self.check = check
        self.law = law
        self.deed = broken.deed
        self.expected = broken.expected
        self.actual = broken.actual
    }

    /// What the adapter did wrong, with the values and the sentence that was broken.
    public var description: String {
        // An error of the adapter's ends like a sentence.
        let deed = self.deed.hasSuffix(".") ? String(self.deed.dropLast()) : self.deed
        let values = self.expected.map { " (expected \($0), got \(self.actual ?? "nothing"))" } ?? ""
        return "\(deed)\(values). The contract says: \(self.law)"
    }
}
