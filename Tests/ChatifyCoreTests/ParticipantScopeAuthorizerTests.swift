import ChatifyCore
import Testing

@Suite struct ParticipantScopeAuthorizerTests {
    @Test(arguments: [
        ("alice", "alice-bob", true), ("bob", "alice-bob", true), ("carol", "alice-bob", false),
        ("alice", "alice", false), ("alice", "alice-", false), ("alice", "-alice", false), ("alice", "bob-alice", true),
        ("ali", "alice-bob", false), ("lice", "alice-bob", false), ("Alice", "alice-bob", false),
        ("alice", "alice-alice", true), ("alice", "alicebob", false), ("a", "a-b-c", true), ("a-b", "a-b-c", true),
        ("b-c", "a-b-c", true), ("c", "a-b-c", true), ("b", "a-b-c", false), ("-", "--x", true),
        // Looks the same, but other bytes.
        ("e\u{301}", "\u{e9}-bob", false), ("alice", "alice-\u{301}bob", true),
    ])
    func directMessages(user: String, id: String, isAllowed: Bool) async throws {
        let scope = ChatScope.directMessage(ScopeID(unchecked: id))
        for action in [ScopeAction.join, .send, .readHistory] {
            let answer = try await ParticipantScopeAuthorizer()
                .isAllowed(action, by: UserID(unchecked: user), in: scope)
            #expect(answer == isAllowed)
        }
    }

    @Test func channelsAreForEverybody() async throws {
        let scope = ChatScope.channel(ScopeID(unchecked: "alice-bob"))
        let user = UserID(unchecked: "carol")
        #expect(try await ParticipantScopeAuthorizer().isAllowed(.join, by: user, in: scope))
    }
}
