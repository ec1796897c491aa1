import ChatifyCore
import ChatifyEventLoop
import ChatifySignalR
import TestSupport
import Testing

@testable import ChatifyHub

@Suite(.timeLimit(.minutes(5)))
struct HubEndingTests {
    private static let fault = #"{"type":7,"error":"Connection closed with an error."}"#
    private static let goodbye = #"{"type":7,"allowReconnect":true}"#

    @Test(arguments: [
        "not JSON", "[]", #"{"type":"1"}"#, #"{"type":1}"#, #"{"type":1,"target":5,"arguments":[]}"#,
        #"{"type":3,"invocationId":"1","result":1,"error":"x"}"#,
    ])
    func `A protocol fault closes the connection behind the answers`(_ record: String) async throws {
        try await withHub { rig in
            let client = try await rig.connect()
            rig.producer.hold()
            await client.send((0..<3).map { HubClient.message("m", id: "\($0)") } + [record])
            await client.send(HubClient.message("after the fault", id: "after"))
            #expect(!client.hasEnded)
            rig.producer.release()
            let end = await client.waitForEnd()
            #expect(end?.records == [Self.fault])
            #expect(client.events.all.replies.compactMap(\.invocationID) == ["0", "1", "2"])
            #expect(rig.producer.begun.all.count == 3)
        }
    }

    @Test func `A record over the limit closes the connection, one at the limit does not`() async throws {
        try await withHub { rig in
            let client = try await rig.connect()
            let ping = #"{"type":6}"#
            await client.send(ping + String(repeating: " ", count: 32767 - ping.utf8.count))
            #expect(await client.call("HeartbeatAsync").hasNullResult)
            await client.send(ping + String(repeating: " ", count: 32768 - ping.utf8.count))
            #expect(await client.waitForEnd()?.records == [Self.fault])
        }
    }

    @Test func `A client that says goodbye is answered first and told nothing`() async throws {
        try await withHub { rig in
            let client = try await rig.connect()
            await client.send(HubClient.message("last", id: "1"), #"{"type":7}"#)
            #expect(await client.waitForEnd() == .close(nil))
            #expect(client.events.all.replies.last?.sentText == "last")
        }
    }

    @Test func `A client that pinged and fell silent is dropped`() async throws {
        try await withHub { rig in
            // The machine may be slow: the ping comes some time between here and the later `.now`.
            let before = ContinuousClock.now
            let (pinging, quiet) = (try await rig.connect("alice"), try await rig.connect("bob"))
            await pinging.send(#"{"type":6}"#)
            for client in [pinging, quiet] {
                await client.onLoop { $0.tick(now: before + .seconds(29)) }
                #expect(!client.hasEnded)
                await client.onLoop { $0.tick(now: .now + .seconds(31)) }
            }
            #expect(pinging.events.all.last == .abort)
            #expect(!quiet.hasEnded, "some clients never ping")
        }
    }

    @Test func `A ping goes out when nothing else did for a while`() async throws {
        try await withHub { rig in
            let before = ContinuousClock.now
            let client = try await rig.connect()
            await client.onLoop { $0.tick(now: before + .seconds(14)) }
            #expect(client.records == ["{}"])
            await client.onLoop { $0.tick(now: .now + .seconds(16)) }
            #expect(client.records == ["{}", #"{"type":6}"#])
        }
    }

    @Test func `The shard's tick reaches every connection`() async throws {
        var configuration = HubConfiguration()
        configuration.limits.keepAlive = .zero
        try await withHub(configuration) { rig in
            let clients = [try await rig.connect("alice"), try await rig.connect("bob")]
            await rig.loop.run { [shard = rig.shard] in shard.value.tick() }
            #expect(clients.map(\.records) == [["{}", #"{"type":6}"#], ["{}", #"{"type":6}"#]])
        }
    }

    @Test func `Draining answers what is at hand, then asks to reconnect`() async throws {
        try await withHub { rig in
            let client = try await rig.connect()
            rig.producer.hold()
            await client.send(HubClient.message("m", id: "1"))
            await rig.producer.begun.wait(forCount: 1)
            #expect(await rig.drain(atMost: 10) == 0)
            #expect(!client.hasEnded)
            await client.send((0..<100).map { HubClient.message("too late", id: "late-\($0)") })
            #expect(await client.onLoop { $0.machine.bufferedCount } == 0, "nothing piles up meanwhile")
            rig.producer.release()
            #expect(await client.waitForEnd()?.records == [Self.goodbye])
            #expect(client.events.all.replies.compactMap(\.invocationID) == ["1"])
            #expect(await rig.connectionCount == 0)
        }
    }

    @Test func `Draining answers all that was received, also what did not fit in the queue`() async throws {
        try await withHub { rig in
            let client = try await rig.connect()
            rig.producer.hold()
            let count = 3 * rig.hub.configuration.maximumWaitingInvocations
            await client.send((0..<count).map { HubClient.message("m\($0)", id: "\($0)") })
            await rig.producer.begun.wait(forCount: 1)
            #expect(await rig.drain(atMost: 10) == 0)
            rig.producer.release()
            #expect(await client.waitForEnd()?.records == [Self.goodbye])
            #expect(client.events.all.replies.compactMap(\.invocationID) == (0..<count).map { "\($0)" })
        }
    }

    @Test func `Draining goes in batches`() async throws {
        try await withHub { rig in
            var clients: [HubClient] = []
            for number in 0..<5 { clients.append(try await rig.connect("user-\(number)")) }
            #expect(await rig.drain(atMost: 2) == 3)
            #expect(clients.filter { $0.records.last == Self.goodbye }.count == 2)
            #expect(await rig.drain(atMost: 2) == 1)
            #expect(await rig.drain(atMost: 2) == 0)
            #expect(clients.allSatisfy { $0.records.last == Self.goodbye })
        }
    }

    @Test func `Draining a connection that has not shaken hands tells it nothing`() async throws {
        try await withHub { rig in
            let client = try await rig.attach()
            #expect(await rig.drain(atMost: 1) == 0)
            #expect(client.events.all == [.close(nil)])
        }
    }

    @Test func `A transport that is gone takes scopes, token and count with it`() async throws {
        try await withHub { rig in
            let (leaver, stayer) = (try await rig.connect("alice"), try await rig.connect("bob"))
            for client in [leaver, stayer] { await client.call("JoinScopeAsync", #"["general"]"#) }
            await leaver.disconnect()
            await leaver.disconnect()
            await rig.deliver("x")
            #expect(leaver.pushed.isEmpty)
            #expect(stayer.pushed == ["x"])
            #expect(!leaver.hasEnded, "the transport knows already")
            #expect(await rig.connectionCount == 1)
            await #expect(throws: HubRejection.unknownConnection) { try await rig.attach(token: leaver.token) }
            await #expect(throws: HubRejection.alreadyInUse) { try await rig.attach(token: stayer.token) }
        }
    }
}

extension HubRig {
    fileprivate func drain(atMost count: Int) async -> Int {
        await self.loop.run { [shard] in shard.value.drain(atMost: count) }
    }
}
