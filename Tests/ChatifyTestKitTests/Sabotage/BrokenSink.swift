import ChatifyCore
import ChatifyTestKit

/// A sink in memory that does something else with letters.
struct BrokenSink: DeadLetterSink {
    let onSend: @Sendable (DeadLetter) async throws(ChatError) -> Void

    func send(_ letter: DeadLetter) async throws(ChatError) { try await self.onSend(letter) }
}

extension Sabotage where Subject == DeadLetterSinkSubject {
    /// A subject whose sink was tampered with; `restart` is done to the letters kept.
    private init(
        _ check: DeadLetterSinkCheck,
        caughtWith words: String,
        restart: @escaping @Sendable (inout [DeadLetter]) -> Void = { _ in },
        tampering tamper: @escaping @Sendable (Locked<[DeadLetter]>, DeadLetter) throws(ChatError) -> Void
    ) {
        self.init(check, caughtWith: words) {
            let letters = Locked([DeadLetter]())
            return DeadLetterSinkSubject(
                BrokenSink { (letter) async throws(ChatError) in try tamper(letters, letter) },
                letters: { letters.withLock { $0 } },
                breakDown: {},
                restart: { letters.withLock { restart(&$0) } }
            )
        }
    }

    static let all: [Sabotage] = [
        Sabotage(.lettersAreKeptWhole, caughtWith: "lost, doubled or changed") { letters, letter throws(ChatError) in
            var cut = letter
            cut.value = Array(letter.value.prefix(100))
            letters.withLock { $0.append(cut) }
        },
        Sabotage(.theSameLetterMayComeTwice, caughtWith: "Failed where it should not") {
            letters,
            letter throws(ChatError) in
            let isNew = letters.withLock { letters in
                defer { letters.append(letter) }
                return !letters.contains(letter)
            }
            guard isNew else { throw ChatError(.validation, "This letter is here already.") }
        },
        Sabotage(.ofManyAtOnceNoneIsLost, caughtWith: "were dropped") { letters, letter throws(ChatError) in
            // A full queue.
            letters.withLock { if $0.count < 150 { $0.append(letter) } }
        },
        Sabotage(.anOutageIsSaid, caughtWith: "was not refused for a while") { _, _ throws(ChatError) in },
        Sabotage(.lettersSurviveACrash, caughtWith: "gone after a crash", restart: { $0.removeLast() }) {
            letters,
            letter throws(ChatError) in
            letters.withLock { $0.append(letter) }
        },
    ]
}
