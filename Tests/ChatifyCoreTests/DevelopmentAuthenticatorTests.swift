import ChatifyCore
import Testing

@Suite struct DevelopmentAuthenticatorTests {
    private func identity(_ claimed: String?, connection: String = "c1") async throws(ChatError) -> Identity {
        let connection = ConnectionID(rawValue: connection)!
        return try await DevelopmentAuthenticator()
            .authenticate(Credentials(claimedUser: claimed, connectionID: connection))
    }

    @Test(
        arguments: [
            ("alice", "alice"), (" alice", " alice"), (nil, "anonymous-c1"), ("", "anonymous-c1"),
            (" \t", "anonymous-c1"),
            (String(repeating: "a", count: 256), String(repeating: "a", count: 256)),
        ] as [(String?, String)]
    )
    func believes(claimed: String?, user: String) async throws {
        let identity = try await self.identity(claimed)
        #expect(identity == Identity(userID: UserID(unchecked: user)))
    }

    @Test(
        arguments: [(String(repeating: "a", count: 257), "c1"), (nil, String(repeating: "c", count: 256))]
            as [(String?, String)]
    )
    func refusesNamesThatAreTooLong(claimed: String?, connection: String) async {
        let error = await #expect(throws: ChatError.self) { try await self.identity(claimed, connection: connection) }
        #expect(error?.code == .unauthenticated)
    }
}
