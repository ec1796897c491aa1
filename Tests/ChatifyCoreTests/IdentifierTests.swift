import ChatifyCore
import Testing

@Suite struct IdentifierTests {
    @Test(arguments: [
        ("general", true), ("a", true), (" a ", true), ("", false), (" ", false), ("\t\n", false), ("\u{00A0}", false),
        ("\u{3000}", false), ("👍", true),
        (String(repeating: "a", count: 256), true), (String(repeating: "a", count: 257), false),
        // Two UTF-16 code units each.
        (String(repeating: "👍", count: 128), true), (String(repeating: "👍", count: 129), false),
        // One code unit and three bytes each.
        (String(repeating: "漢", count: 256), true), (String(repeating: "漢", count: 257), false),
        // Characters of several code units: "e" and an accent.
        (String(repeating: "e\u{301}", count: 128), true), (String(repeating: "e\u{301}", count: 129), false),
    ])
    func countsUTF16(text: String, isValid: Bool) {
        #expect((ScopeID(rawValue: text) != nil) == isValid)
        #expect(UserID(rawValue: text)?.rawValue == (isValid ? text : nil))
    }

    @Test func errorsNameTheField() {
        let errors = [
            #expect(throws: ChatError.self) { try ScopeID("") },
            #expect(throws: ChatError.self) { try UserID(" ") },
            #expect(throws: ChatError.self) { try PodID(String(repeating: "a", count: 257)) },
        ]
        #expect(errors.map { $0?.code } == [.validation, .validation, .validation])
        #expect(
            errors.compactMap { $0?.message.split(separator: " ").first } == ["scopeId", "senderId", "originPodId"]
        )
    }

    @Test(arguments: [("c1", true), ("", false), ("a:b", false), (":", false), ("a-b_c=", true)])
    func connectionIDs(text: String, isValid: Bool) {
        #expect((ConnectionID(rawValue: text) != nil) == isValid)
    }

    @Test(
        arguments: [
            ("0", ScopeType.channel), ("1", .directMessage), ("Channel", .channel), ("DIRECTMESSAGE", .directMessage),
            ("2", nil), ("", nil), ("channel ", nil),
        ] as [(String, ScopeType?)]
    )
    func scopeTypes(text: String, type: ScopeType?) {
        #expect(ScopeType(text: text) == type)
    }
}
