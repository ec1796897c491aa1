internal import ChatifyCore

/// One law of a port, which every adapter has to keep.
///
/// Needs no test framework: ``run(on:)`` throws when the law is broken. ``outcome(on:)`` and ``Conformance`` tell what does not apply, too.
public struct ConformanceCheck<Subject: ConformanceSubject>: Sendable, CustomStringConvertible {
    /// What a conforming adapter does, in a few words; unique among the checks of a port.
    public let name: String
    /// The sentence of the port's contract that is checked.
    public let law: String
    /// What the adapter must declare and the subject be able to do for this law to mean anything.
    public let requires: Set<ConformanceNeed>
    private let body: @Sendable (Subject) async throws -> Void

    /// Makes a check, also for a law of one's own.
    /// - Parameters:
    ///   - name: What a conforming adapter does, in a few words.
    ///   - law: The sentence of the contract.
    ///   - requires: What is needed for the check to mean anything.
    ///   - body: Throws if the law is broken.
    public init(
        _ name: String,
        law: String,
        requires: Set<ConformanceNeed> = [],
        _ body: @escaping @Sendable (Subject) async throws -> Void
    ) {
        self.name = name
        self.law = law
        self.requires = requires
        self.body = body
    }

    /// The name and the law.
    public var description: String { "\(self.name) (\(self.law))" }

    /// What the check requires and `subject` does not offer; empty if the check applies.
    public func missing(in subject: Subject) -> Set<ConformanceNeed> {
        self.requires.subtracting(subject.offers)
    }

    /// Tries the adapter.
    ///
    /// - Throws: ``ConformanceFailure`` when the law is broken, an unexpected error comes, or the adapter hangs for four times the subject's
    ///   patience; also when the check does not apply, for what was not tried has not passed.
    public func run(on subject: Subject) async throws(ConformanceFailure) {
        let missing = self.missing(in: subject)
        guard missing.isEmpty else { throw self.failure(BrokenLaw("Not tried: \(missing.inWords)")) }
        let limit = subject.patience * 4
        do {
            try await abandon(after: limit, with: BrokenLaw("Did not come to an end within \(limit)")) {
                [body] in try await body(subject)
            }
        } catch let broken as BrokenLaw {
            throw self.failure(broken)
        } catch {
            throw self.failure(BrokenLaw("Failed where it should not: \(error)"))
        }
    }

    /// Tries the adapter if the check applies, and tells what came of it.
    public func outcome(on subject: Subject) async -> ConformanceOutcome {
        let missing = self.missing(in: subject)
        guard missing.isEmpty else { return .notApplicable(missing.inWords) }
        do {
            try await self.run(on: subject)
            return .passed
        } catch {
            return .failed(error)
        }
    }

    func failure(_ broken: BrokenLaw) -> ConformanceFailure {
        ConformanceFailure(check: self.name, law: self.law, broken: broken)
    }
}

extension Set<ConformanceNeed> {
    fileprivate var inWords: String { "needs " + self.map(\.description).sorted().joined(separator: ", and ") }
}
