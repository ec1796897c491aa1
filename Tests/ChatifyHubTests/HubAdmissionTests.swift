import ChatifyCore
import Testing

@testable import ChatifyHub

@Suite(.timeLimit(.minutes(5)))
struct HubAdmissionTests {
    @Test(arguments: [(nil, 0), ("0", 0), ("1", 1), ("2", 1), ("99", 1)] as [(String?, Int)])
    func `Negotiation answers in a version both know`(_ asked: String?, _ version: Int) async throws {
        try await withHub { rig in
            let answer = try await rig.negotiate(asked)
            #expect(answer["negotiateVersion"] as? Int == version)
            let id = try #require(answer["connectionId"] as? String)
            let token = answer["connectionToken"] as? String
            #expect((token == nil) == (version == 0))
            #expect(token != id)
        }
    }

    @Test(arguments: ["one", "1.5", "", "99999999999"])
    func `A version that is no integer is told so`(_ asked: String) async throws {
        try await withHub { rig in
            let answer = try await rig.negotiate(asked)
            #expect(answer["error"] as? String == "The client requested a non-integer protocol version.")
            #expect(answer.count == 1)
        }
    }

    @Test func `A negotiated token lets one transport in, until it is gone`() async throws {
        try await withHub { rig in
            let answer = try await rig.negotiate()
            let token = try #require(answer["connectionToken"] as? String)
            await #expect(throws: HubRejection(403, "The connection belongs to another user.")) {
                try await rig.attach("mallory", token: token)
            }
            let client = try await rig.connect("alice", token: token)
            #expect(client.id.rawValue == answer["connectionId"] as? String)
            await #expect(throws: HubRejection(409, "The connection has a transport already.")) {
                try await rig.attach("alice", token: token)
            }
            await client.disconnect()
            await #expect(throws: HubRejection(404, "No Connection with that ID")) {
                try await rig.attach("alice", token: token)
            }
            await #expect(throws: HubRejection(404, "No Connection with that ID")) {
                try await rig.attach("alice", token: client.id.rawValue)
            }
        }
    }

    @Test func `An anonymous client is the same at negotiation and after`() async throws {
        try await withHub { rig in
            let answer = try await rig.negotiate(user: nil)
            let token = try #require(answer["connectionToken"] as? String)
            let admission = try await rig.hub.attach(token: token, bearerToken: nil, claimedUser: nil)
            #expect(admission.identity.userID.rawValue == "anonymous-\(admission.connectionID)")
            rig.hub.release(admission)
            await #expect(throws: HubRejection.unknownConnection) { try await rig.attach(token: token) }
        }
    }

    @Test func `A user has so many connections and no more`() async throws {
        var configuration = HubConfiguration()
        configuration.maximumConnectionsPerUser = 2
        try await withHub(configuration) { rig in
            let first = try await rig.connect("alice")
            let token = try await rig.negotiateToken()
            _ = try await rig.connect("alice")
            let tooMany = HubRejection(429, "This user has too many connections.")
            await #expect(throws: tooMany) { try await rig.attach("alice") }
            await #expect(throws: tooMany) { try await rig.attach("alice", token: token) }
            let refusal = try await rig.negotiate("1")
            #expect(refusal as? [String: String] == ["error": tooMany.reason])
            _ = try await rig.connect("bob")
            await first.disconnect()
            _ = try await rig.connect("alice", token: token)
        }
    }

    @Test func `Those who wait longest are forgotten when too many wait, and all expire`() async throws {
        var configuration = HubConfiguration()
        configuration.maximumNegotiations = 1
        configuration.negotiationLifetime = .seconds(3600)
        try await withHub(configuration) { rig in
            let tokens = [try await rig.negotiateToken(), try await rig.negotiateToken()]
            await #expect(throws: HubRejection(404, "No Connection with that ID")) {
                try await rig.attach("alice", token: tokens[0])
            }
            _ = try await rig.connect("alice", token: tokens[1])
        }
        configuration.negotiationLifetime = .zero
        try await withHub(configuration) { rig in
            for _ in 0..<3 { _ = try await rig.negotiate() }
            let token = try await rig.negotiateToken()
            await #expect(throws: HubRejection(404, "No Connection with that ID")) {
                try await rig.attach("alice", token: token)
            }
            rig.hub.expireNegotiations()
        }
    }

    @Test func `Who cannot be identified is refused`() async throws {
        try await withHub { rig in
            let name = String(repeating: "x", count: 257)
            await #expect(throws: HubRejection(401, "The user name must have at most 256 characters.")) {
                try await rig.attach(name)
            }
            await #expect(throws: HubRejection(401, "The user name must have at most 256 characters.")) {
                _ = try await rig.hub.negotiate(version: "1", bearerToken: nil, claimedUser: name)
            }
        }
    }
}
