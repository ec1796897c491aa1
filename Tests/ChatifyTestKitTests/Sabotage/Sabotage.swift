import ChatifyCore
import ChatifyTestKit
import Testing

/// A law, an adapter that breaks it on purpose, and words of what it is caught with.
struct Sabotage<Subject: ConformanceSubject>: Sendable, CustomTestStringConvertible {
    let check: ConformanceCheck<Subject>
    let words: String
    let make: @Sendable () -> Subject

    init(_ check: ConformanceCheck<Subject>, caughtWith words: String, _ make: @escaping @Sendable () -> Subject) {
        self.check = check
        self.words = words
        self.make = make
    }

    var testDescription: String { "\(self.check.name): \(self.words)" }

    /// The law catches the adapter, and says what it did.
    func expectCaught() async {
        let outcome = await self.check.outcome(on: self.make())
        guard let failure = outcome.failure else {
            Issue.record("The saboteur got away: \(outcome)")
            return
        }
        #expect(failure.check == self.check.name && failure.law == self.check.law)
        #expect(failure.deed.contains(self.words), "\(failure)")
    }
}

/// Names of checks that nobody has shown to fail.
func unsabotaged<Subject>(_ checks: [ConformanceCheck<Subject>], _ sabotages: [Sabotage<Subject>]) -> Set<String> {
    Set(checks.map(\.name)).subtracting(sabotages.map(\.check.name))
}

/// Counts calls, to do wrong at some of them.
final class Counter: Sendable {
    private let count = Locked(0)

    /// Whether this call is one of every `number`.
    func isOneOf(_ number: Int) -> Bool {
        self.count.withLock { count in
            count += 1
            return count.isMultiple(of: number)
        }
    }
}

/// The first id seen of those that `String` takes for equal.
final class Lookalikes: Sendable {
    private let first = Locked([String: String]())

    func callAsFunction(_ id: String) -> String {
        self.first.withLock { first in
            defer { if first[id] == nil { first[id] = id } }
            return first[id] ?? id
        }
    }
}

extension String {
    /// What a C program takes for the whole.
    var untilZero: String { String(decoding: self.utf8.prefix { $0 != 0 }, as: UTF8.self) }
}
