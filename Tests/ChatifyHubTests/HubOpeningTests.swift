import ChatifyCore
import TestSupport
import Testing

@testable import ChatifyHub

@Suite(.timeLimit(.minutes(5)))
struct HubOpeningTests {
    static let hello = #"{"protocol":"json","version":1}"#

    @Test func `Handshake and first calls may come in one chunk`() async throws {
        try await withHub { rig in
            let client = try await rig.attach()
            await client.send(
                Self.hello,
                HubClient.invocation("JoinScopeAsync", #"["general"]"#, id: "1"),
                HubClient.message("Hello", id: "2")
            )
            let events = await client.events.wait { $0.count >= 3 }
            #expect(client.records.first == "{}")
            #expect(events.replies.map(\.invocationID) == [nil, "1", "2"])
            #expect(events.replies.last?.sentText == "Hello")
        }
    }

    @Test func `Handshake may come byte by byte`() async throws {
        try await withHub { rig in
            let client = try await rig.attach()
            await client.onLoop { connection in
                for byte in Array(Self.hello.utf8) + [0x1E] {
                    withUnsafeBytes(of: byte) { connection.receive($0) }
                }
            }
            #expect(client.records == ["{}"])
        }
    }

    @Test(arguments: [
        (#"{"protocol":"morse","version":1}"#, "The protocol 'morse' is not supported."),
        (#"{"protocol":"json","version":99}"#, "The server does not support version 99 of the 'json' protocol."),
        ("GET / HTTP/1.1", "An unexpected error occurred during connection handshake."),
    ])
    func `A wrong handshake is told and closed`(_ handshake: String, _ error: String) async throws {
        try await withHub { rig in
            let client = try await rig.attach()
            await client.send(handshake)
            let end = await client.waitForEnd()
            #expect(end?.records.map { Reply($0).error } == [error])
            #expect(await rig.connectionCount == 0)
            await #expect(throws: HubRejection.unknownConnection) { try await rig.attach(token: client.token) }
        }
    }

    @Test func `A missing handshake is told after its time`() async throws {
        try await withHub { rig in
            let before = ContinuousClock.now
            let client = try await rig.attach()
            await client.onLoop { $0.tick(now: before + .seconds(14)) }
            #expect(client.events.all.isEmpty)
            await client.onLoop { $0.tick(now: .now + .seconds(16)) }
            #expect(client.events.all.replies.map(\.error) == ["Handshake was canceled."])
            #expect(client.events.all.last?.isEnd == true)
        }
    }

    @Test func `Nothing is pushed before the handshake`() async throws {
        try await withHub { rig in
            let client = try await rig.attach()
            try await client.onLoop { connection in
                Result { try connection.join([.channel(ScopeID("general"))]) }
            }.get()
            await rig.deliver("early")
            #expect(client.events.all.isEmpty)
        }
    }
}
