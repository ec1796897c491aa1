/// What came of several checks; its ``description`` is a table for people.
public struct ConformanceReport: Sendable, CustomStringConvertible {
    /// One check and what came of it.
    public struct Line: Sendable, Hashable {
        /// The check's name.
        public let name: String
        /// What came of it.
        public let outcome: ConformanceOutcome
    }

    /// The checks, in the order they were run.
    public private(set) var lines: [Line] = []

    mutating func add(_ outcome: ConformanceOutcome, of name: String) {
        self.lines.append(Line(name: name, outcome: outcome))
    }

    /// The laws that were broken.
    public var failures: [ConformanceFailure] { self.lines.compactMap(\.outcome.failure) }

    /// The names of the checks that did not apply.
    public var notApplicable: [String] {
        self.lines.compactMap { if case .notApplicable = $0.outcome { $0.name } else { nil } }
    }

    /// The names of the checks that passed.
    public var passed: [String] { self.lines.filter { $0.outcome == .passed }.map(\.name) }

    /// A table: one line per check, the words of a failure or of what is missing beneath it, and the sums.
    public var description: String {
        let sums =
            "\(self.passed.count) passed, \(self.failures.count) failed, \(self.notApplicable.count) not applicable"
        return (self.lines.map(\.description) + [sums]).joined(separator: "\n")
    }
}

extension ConformanceReport.Line: CustomStringConvertible {
    /// The outcome in a column of its own, then the name; the words of the outcome on a line beneath.
    public var description: String {
        switch self.outcome {
        case .passed: "passed          \(self.name)"
        case .failed(let failure): "FAILED          \(self.name)\n                \(failure)"
        case .notApplicable(let words): "not applicable  \(self.name)\n                \(words)"
        }
    }
}
