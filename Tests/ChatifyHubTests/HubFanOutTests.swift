import ChatifyCore
import ChatifyEventLoop
import ChatifySignalR
import TestSupport
import Testing

@testable import ChatifyHub

@Suite(.timeLimit(.minutes(5)))
struct HubFanOutTests {
    @Test func `An event is framed once for all connections of a framing`() async throws {
        try await withHub { rig in
            let framed = Recorder<[UInt8]>()
            let counting = HubFraming(name: "counting") { bytes in
                framed.record(bytes)
                return bytes
            }
            for number in 0..<10 {
                let client = try await rig.connect("user-\(number)", framing: counting)
                await client.call("JoinScopeAsync", #"["general"]"#)
            }
            let before = framed.all.count
            await rig.deliver("a", "b")
            #expect(framed.all.count == before + 2)
        }
    }

    @Test func `Each framing gets its own bytes`() async throws {
        try await withHub { rig in
            let plain = try await rig.connect("alice")
            let indented = try await rig.connect("bob", framing: HubFraming(name: "indented") { [0x20] + $0 })
            for client in [plain, indented] { await client.call("JoinScopeAsync", #"["general"]"#) }
            await rig.deliver("x")
            guard case .write(let bare)? = plain.events.all.last, case .write(let framed)? = indented.events.all.last
            else {
                Issue.record("both were to get the event")
                return
            }
            #expect(framed == [0x20] + bare)
        }
    }

    @Test func `What is pushed is the event with its place in the log`() async throws {
        try await withHub { rig in
            let client = try await rig.connect()
            await client.call("JoinScopeAsync", #"["general"]"#)
            await rig.deliver("Hello")
            #expect(
                client.records.last == #"{"type":1,"target":"ReceiveMessage","arguments":[{"#
                    + #""messageId":"00000000-0000-0000-0000-000000000000","scopeType":0,"scopeId":"general","#
                    + #""senderId":"bob","text":"Hello","createdAtUtc":"2026-01-15T10:30:00.000Z","#
                    + #""originPodId":"pod-0","partition":0,"offset":0}]}"#
            )
        }
    }

    @Test func `An encoding that came into use after the batch was made is served`() async throws {
        try await withHub { rig in
            let client = try await rig.connect()
            await client.call("JoinScopeAsync", #"["general"]"#)
            await rig.loop.run { [shard = rig.shard] in
                let event = EnrichedChatEvent.sample("late", in: .channel(ScopeID(unchecked: "general")))
                shard.value.deliver(Broadcast([event], encodings: []))
            }
            #expect(client.pushed == ["late"])
        }
    }

    @Test func `Who does not keep up is closed and may come back, the others hear on`() async throws {
        try await withHub { rig in
            let (quick, slow) = (try await rig.connect("alice"), try await rig.connect("bob"))
            for client in [quick, slow] { await client.call("JoinScopeAsync", #"["general"]"#) }
            await slow.refuseWrites()
            await rig.deliver("1", "2")
            #expect(quick.pushed == ["1", "2"])
            #expect(
                slow.events.all.last?.records
                    == [#"{"type":7,"error":"The client does not keep up with its messages.","allowReconnect":true}"#]
            )
            #expect(slow.events.all.filter(\.isEnd).count == 1)
            #expect(slow.pushed.isEmpty)
            #expect(await rig.connectionCount == 1)
            await #expect(throws: HubRejection.unknownConnection) { try await rig.attach(token: slow.token) }
        }
    }

    @Test func `Two framings of one name are one encoding`() {
        let table = EncodingTable()
        let (first, again) = (
            table.encoding(of: JSONHubProtocol(), framing: .none), table.encoding(of: JSONHubProtocol(), framing: .none)
        )
        let other = table.encoding(of: JSONHubProtocol(), framing: HubFraming(name: "other") { $0 })
        #expect([first.index, again.index, other.index] == [0, 0, 1])
        #expect(table.all.count == 2)
    }
}
