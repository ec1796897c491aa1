import Testing

@testable import ChatifyCore

@Suite("Identifiers are equal by their bytes")
struct IdentifierEqualityTests {
    /// Texts that Swift's `String` calls equal, and that name different people all the same.
    static let lookAlikes = [
        ("Kim", "\u{212A}im"),
        ("caf\u{E9}", "cafe\u{301}"),
        ("\u{1E9B}\u{323}", "\u{17F}\u{323}\u{307}"),
    ]

    @Test(arguments: lookAlikes)
    func lookAlikesDiffer(first: String, second: String) {
        #expect(first == second)
        #expect(UserID(unchecked: first) != UserID(unchecked: second))
        #expect(ScopeID(unchecked: first) != ScopeID(unchecked: second))
        #expect(PodID(unchecked: first) != PodID(unchecked: second))
        let scopes: Set = [
            ChatScope.channel(ScopeID(unchecked: first)), ChatScope.channel(ScopeID(unchecked: second)),
        ]
        #expect(scopes.count == 2)
    }

    @Test("equal bytes are equal and hash alike, however the text came about")
    func equalBytes() {
        let whole = UserID(unchecked: "someone with quite a long name 🙂")
        let joined = UserID(unchecked: ["someone with quite ", "a long name ", "🙂"].joined())
        #expect(whole == joined)
        #expect(Set([whole, joined]).count == 1)
    }
}
