import ChatifyCore
import ChatifyEventLoop
import ChatifySignalR
import TestSupport
import Testing

@testable import ChatifyHub

@Suite(.timeLimit(.minutes(5)))
struct HubDispatchTests {
    @Test func `Calls run one at a time and are answered in order`() async throws {
        try await withHub { rig in
            let client = try await rig.connect()
            rig.producer.hold()
            await client.send((0..<10).map { HubClient.message("m\($0)", id: "\($0)") })
            await rig.producer.begun.wait(forCount: 1)
            #expect(rig.producer.begun.all.count == 1)
            #expect(await client.onLoop { $0.invocations.count } == 9)
            #expect(client.records == ["{}"])
            rig.producer.release()
            await client.reply(to: "9")
            #expect(client.events.all.replies.dropFirst().map(\.invocationID) == (0..<10).map { "\($0)" })
            #expect(rig.producer.begun.all.map(\.text) == (0..<10).map { "m\($0)" })
        }
    }

    @Test func `A client that is ahead is held back, and nothing is lost`() async throws {
        try await withHub { rig in
            let client = try await rig.connect()
            rig.producer.hold()
            await client.send((0..<200).map { HubClient.message("m\($0)", id: "\($0)") })
            #expect(client.events.all.last == .pause)
            #expect(await client.onLoop { $0.invocations.count } == rig.hub.configuration.maximumWaitingInvocations)
            await client.send((200..<300).map { HubClient.message("m\($0)", id: "\($0)") })
            #expect(await client.onLoop { $0.invocations.count } == rig.hub.configuration.maximumWaitingInvocations)
            rig.producer.release()
            await client.reply(to: "299")
            #expect(client.events.all.replies.compactMap(\.invocationID) == (0..<300).map { "\($0)" })
            #expect(rig.producer.begun.all.map(\.text) == (0..<300).map { "m\($0)" })
            let flow = client.events.all.filter { $0 == .pause || $0 == .resume }
            #expect(flow.last == .resume)
            #expect(zip(flow, flow.dropFirst()).allSatisfy { $0 != $1 }, "paused and resumed in turn")
        }
    }

    @Test func `Another connection is served while one waits`() async throws {
        try await withHub { rig in
            let (waiting, other) = (try await rig.connect("alice"), try await rig.connect("bob"))
            rig.producer.hold()
            await waiting.send(HubClient.message("slow", id: "1"))
            await rig.producer.begun.wait(forCount: 1)
            #expect(await other.call("JoinScopeAsync", #"["general"]"#).hasNullResult)
            #expect(waiting.records == ["{}"])
        }
    }

    @Test func `A client that is held back is not taken for silent`() async throws {
        try await withHub { rig in
            let client = try await rig.connect()
            rig.producer.hold()
            let waiting = rig.hub.configuration.maximumWaitingInvocations
            // One runs and as many as may wait do: no record is left over that would tell the machine that the delay is ours.
            await client.send([#"{"type":6}"#] + (0...waiting).map { HubClient.message("m", id: "\($0)") })
            #expect(client.events.all.last == .pause)
            await client.onLoop { $0.tick(now: .now + .seconds(31)) }
            #expect(!client.hasEnded)
            rig.producer.release()
            await client.reply(to: "\(waiting)")
        }
    }

    @Test func `Calls at hand are done after the client left, and answered to nobody`() async throws {
        try await withHub { rig in
            let client = try await rig.connect()
            rig.producer.hold()
            await client.send((0..<3).map { HubClient.message("m\($0)", id: "\($0)") })
            await rig.producer.begun.wait(forCount: 1)
            await client.disconnect()
            rig.producer.release()
            await rig.producer.begun.wait(forCount: 3)
            #expect(rig.producer.begun.all.map(\.text) == ["m0", "m1", "m2"])
            #expect(client.records == ["{}"])
        }
    }

    @Test func `A connection that is done is let go`() async throws {
        try await withHub { rig in
            let client = try await rig.attach()
            let admission = try await rig.hub.attach(token: nil, bearerToken: nil, claimedUser: "bob")
            let isGone = await rig.loop.run { [shard = rig.shard] in
                weak var watched: HubConnection?
                do {
                    let connection = shard.value.connect(FakeTransport(), as: admission, framing: .none)
                    watched = connection
                    connection.transportClosed()
                }
                return watched == nil
            }
            #expect(isGone)
            #expect(await client.onLoop { $0.transport != nil })
        }
    }
}
