import ChatifyCore
import ChatifyEventLoop
import ChatifySignalR
import TestSupport
import Testing

@testable import ChatifyHub

/// Stateful reconnect at the hub, whose transports are all of one loop here; black-box tests have two.
@Suite(.timeLimit(.minutes(5)))
struct HubReconnectTests {
    /// A socket that came later, at its own end of a relay.
    private struct Socket: Sendable {
        let events: Recorder<FakeTransport.Event>
        let transport: EventLoopBound<FakeTransport>
        let receiver: EventLoopBound<any HubReceiver>

        func send(_ records: String...) async {
            let bytes: [UInt8] = records.flatMap { (record: String) -> [UInt8] in Array(record.utf8) + [0x1E] }
            await self.receiver.loop.run { [receiver] in bytes.withUnsafeBytes { receiver.value.receive($0) } }
        }

        @discardableResult
        func wait(forRecords count: Int) async -> [String] {
            await self.events.wait { $0.flatMap(\.records).count >= count }.flatMap(\.records)
        }
    }

    private static func configuration() -> HubConfiguration {
        var configuration = HubConfiguration()
        configuration.statefulReconnect.maximumQueuedBytes = 65_536
        configuration.statefulReconnect.bufferSize = 2000
        return configuration
    }

    private static func connect(_ rig: HubRig, user: String = "alice") async throws -> HubClient {
        let token = try await rig.negotiateToken(useStatefulReconnect: "true", user: user)
        let client = try await rig.attach(user, token: token)
        await client.send(#"{"protocol":"json","version":2}"#)
        await client.wait(forRecords: 1)
        return client
    }

    private static func reopen(_ client: HubClient, in rig: HubRig) async throws -> Socket {
        let admission = try await rig.hub.attach(token: client.token, bearerToken: nil, claimedUser: "alice")
        return await rig.loop.run { [loop = rig.loop, shard = rig.shard] in
            let transport = FakeTransport()
            let receiver = shard.value.open(transport, as: admission, framing: .none)
            return Socket(
                events: transport.events,
                transport: EventLoopBound(transport, loop: loop),
                receiver: EventLoopBound(receiver, loop: loop)
            )
        }
    }

    @Test func `A connection without a transport stays in its scopes and goes on over the next`() async throws {
        try await withHub(Self.configuration()) { rig in
            let client = try await Self.connect(rig)
            await client.call("JoinScopeAsync", #"["general"]"#)
            await client.onLoop { $0.transportLost() }
            await rig.deliver("in the gap")
            #expect(await rig.connectionCount == 1)
            let socket = try await Self.reopen(client, in: rig)
            let records = await socket.wait(forRecords: 3)
            #expect(records[0] == #"{"type":9,"sequenceId":1}"#)
            #expect(Reply(records[1]).type == 3 && Reply(records[2]).pushedText == "in the gap")
            await socket.send(#"{"type":9,"sequenceId":2}"#, HubClient.invocation("HeartbeatAsync", id: "h"))
            let answer = await socket.wait(forRecords: 4)[3]
            #expect(Reply(answer).invocationID == "h")
        }
    }

    @Test func `The transport before is closed, and what it still says is for nobody`() async throws {
        try await withHub(Self.configuration()) { rig in
            let client = try await Self.connect(rig)
            let first = try await Self.reopen(client, in: rig)
            await first.wait(forRecords: 1)
            #expect(client.events.all.last == .close(nil))
            let second = try await Self.reopen(client, in: rig)
            await second.wait(forRecords: 1)
            await first.events.wait { $0.last == .close(nil) }
            await rig.loop.run { first.receiver.value.transportLost() }
            await second.send(#"{"type":9,"sequenceId":1}"#, HubClient.invocation("HeartbeatAsync", id: "h"))
            await second.wait(forRecords: 2)
            #expect(await rig.connectionCount == 1)
        }
    }

    @Test func `Of two transports the one let in later stays, whichever is opened first`() async throws {
        try await withHub(Self.configuration()) { rig in
            let client = try await Self.connect(rig)
            let early = try await rig.hub.attach(token: client.token, bearerToken: nil, claimedUser: "alice")
            let late = try await Self.reopen(client, in: rig)
            await late.wait(forRecords: 1)
            let events = await rig.loop.run { [shard = rig.shard] in
                let transport = FakeTransport()
                _ = shard.value.open(transport, as: early, framing: .none)
                return transport.events
            }
            await events.wait { $0 == [.close(nil)] }
            let isOver = late.events.all.contains(where: \.isEnd)
            #expect(!isOver)
        }
    }

    @Test func `Nobody else comes in`() async throws {
        try await withHub(Self.configuration()) { rig in
            let client = try await Self.connect(rig)
            await #expect(throws: HubRejection.otherUser) {
                _ = try await rig.hub.attach(token: client.token, bearerToken: nil, claimedUser: "eve")
            }
            await client.disconnect()
            await #expect(throws: HubRejection.unknownConnection) {
                _ = try await rig.hub.attach(token: client.token, bearerToken: nil, claimedUser: "alice")
            }
        }
    }

    @Test func `An admission that is given back leaves the connection as it is`() async throws {
        try await withHub(Self.configuration()) { rig in
            let client = try await Self.connect(rig)
            rig.hub.release(try await rig.hub.attach(token: client.token, bearerToken: nil, claimedUser: "alice"))
            let socket = try await Self.reopen(client, in: rig)
            await socket.wait(forRecords: 1)
        }
    }

    @Test func `The connection ends when nobody comes`() async throws {
        try await withHub(Self.configuration()) { rig in
            let client = try await Self.connect(rig)
            // Before the loss, or a machine that is held up for a second comes too late.
            let start = ContinuousClock.now
            await client.onLoop { $0.transportLost() }
            await rig.loop.run { [shard = rig.shard] in shard.value.tick(now: start + .seconds(29)) }
            #expect(await rig.connectionCount == 1)
            await rig.loop.run { [shard = rig.shard] in shard.value.tick(now: .now + .seconds(31)) }
            #expect(await rig.connectionCount == 0)
        }
    }

    @Test func `The connection ends when too much is said meanwhile`() async throws {
        try await withHub(Self.configuration()) { rig in
            let client = try await Self.connect(rig)
            await client.call("JoinScopeAsync", #"["general"]"#)
            await client.onLoop { $0.transportLost() }
            for _ in 0..<10 { await rig.deliver(String(repeating: "x", count: 3800)) }
            #expect(await rig.connectionCount == 1)
            for _ in 0..<4 { await rig.deliver(String(repeating: "x", count: 3800)) }
            #expect(await rig.connectionCount == 0)
        }
    }

    @Test func `A stream waits for acknowledgements, over a loss as well`() async throws {
        try await withHub(Self.configuration()) { rig in
            let scope = ChatScope.channel(ScopeID(unchecked: "general"))
            for index in 0..<100 {
                let event = EnrichedChatEvent.sample("\(index)", in: scope, offset: Int64(index)).event
                _ = try await rig.history.append(event, at: nil)
            }
            let client = try await Self.connect(rig)
            await client.send(
                #"{"type":4,"invocationId":"s","target":"StreamHistoryAsync","arguments":["general"]}"#
            )
            await client.wait(forRecords: 5)
            await client.onLoop { $0.transportLost() }
            let socket = try await Self.reopen(client, in: rig)
            await socket.send(#"{"type":9,"sequenceId":2}"#)
            var acknowledged = 0
            while !socket.events.all.replies.contains(where: { $0.type == 3 }) {
                let counted = await socket.events.wait { [acknowledged] events in
                    events.replies.filter { $0.type == 2 || $0.type == 3 }.count > acknowledged
                }.replies.filter { $0.type == 2 || $0.type == 3 }.count
                acknowledged = counted
                await socket.send(#"{"type":8,"sequenceId":\#(counted)}"#)
            }
            let items = socket.events.all.replies.compactMap(\.itemText)
            #expect(items == (0..<100).map { "\($0)" })
        }
    }

    @Test func `A socket is not read from while its connection is behind`() async throws {
        try await withHub(Self.configuration()) { rig in
            let client = try await Self.connect(rig)
            let socket = try await Self.reopen(client, in: rig)
            await socket.wait(forRecords: 1)
            await socket.send(#"{"type":9,"sequenceId":1}"#)
            rig.producer.hold()
            // More than may wait for their turn, and then as many bytes as may wait at the relay.
            for index in 0..<20 { await socket.send(HubClient.message("\(index)", id: "\(index)")) }
            for _ in 0..<20 { await socket.send(HubClient.message(String(repeating: "x", count: 4000))) }
            await socket.events.wait { $0.contains(.pause) }
            rig.producer.release()
            await socket.events.wait { $0.contains(.resume) && $0.replies.contains { $0.invocationID == "19" } }
        }
    }

    @Test func `A server that ends keeps no connection for later`() async throws {
        try await withHub(Self.configuration()) { rig in
            let (lost, last) = (try await Self.connect(rig), try await Self.connect(rig, user: "bob"))
            await lost.onLoop { $0.transportLost() }
            await rig.loop.run { [shard = rig.shard] in shard.value.endPolling() }
            #expect(await rig.connectionCount == 1)
            await last.onLoop { $0.transportLost() }
            #expect(await rig.connectionCount == 0)
        }
    }
}
