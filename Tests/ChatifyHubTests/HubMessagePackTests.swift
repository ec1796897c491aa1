import ChatifyCore
import ChatifySignalR
import TestSupport
import Testing

@testable import ChatifyHub

@Suite(.timeLimit(.minutes(5)))
struct HubMessagePackTests {
    private static let channel = HubInvocation(id: "j", target: "JoinScopeAsync", arguments: [.string("general")])

    private static func fields(_ text: String) -> [HubValue.Member] {
        [
            .init("messageId", .string("00000000-0000-0000-0000-000000000000")), .init("scopeType", .integer(0)),
            .init("scopeId", .string("general")), .init("senderId", .string("bob")), .init("text", .string(text)),
            .init("createdAtUtc", .time(millisecondsSinceEpoch: 1_768_473_000_000)),
            .init("originPodId", .string("pod-0")), .init("partition", .integer(0)), .init("offset", .integer(0)),
        ]
    }

    @Test func `What is pushed has the fields of the JSON, and a time stamp`() async throws {
        try await withHub { rig in
            let client = try await rig.connectMessagePack()
            await client.send(.invocation(Self.channel))
            #expect(await client.wait(forMessages: 1) == [.completion(HubCompletion(id: "j", outcome: .result(.null)))])
            await rig.deliver("Hello")
            let push = HubInvocation(target: "ReceiveMessage", arguments: [.object(Self.fields("Hello"))])
            #expect(await client.wait(forMessages: 2).last == .invocation(push))
        }
    }

    @Test func `A send is answered with the enriched event`() async throws {
        try await withHub { rig in
            let client = try await rig.connectMessagePack()
            let draft = HubValue.object([.init("ScopeId", .string("general")), .init("Text", .string("Hi"))])
            await client.send(.invocation(HubInvocation(id: "1", target: "SendAsync", arguments: [draft])))
            guard case .completion(let completion)? = await client.wait(forMessages: 1).first,
                case .result(let result) = completion.outcome
            else {
                Issue.record("expected a result")
                return
            }
            #expect(result["chatEvent"]?["text"] == .string("Hi"))
            #expect(result["chatEvent"]?["senderId"] == .string("alice"))
            #expect(result["partition"] == .integer(0) && result["offset"] == .integer(0))
            guard case .time? = result["chatEvent"]?["createdAtUtc"] else {
                Issue.record("createdAtUtc is no time stamp")
                return
            }
        }
    }

    @Test func `A broadcast is encoded once for each protocol`() async throws {
        try await withHub { rig in
            let framed = Recorder<TransferFormat>()
            let counting = HubFraming(
                name: "counting",
                text: { bytes in
                    framed.record(.text)
                    return bytes
                },
                binary: { bytes in
                    framed.record(.binary)
                    return bytes
                }
            )
            for number in 0..<5 {
                let json = try await rig.connect("json-\(number)", framing: counting)
                await json.call("JoinScopeAsync", #"["general"]"#)
                let packed = try await rig.connectMessagePack("packed-\(number)", framing: counting)
                await packed.send(.invocation(Self.channel))
                _ = await packed.wait(forMessages: 1)
            }
            let before = framed.all.count
            await rig.deliver("a", "b")
            #expect(framed.all.dropFirst(before).count { $0 == .text } == 2)
            #expect(framed.all.dropFirst(before).count { $0 == .binary } == 2)
        }
    }

    @Test func `The handshake is answered in the format of the protocol`() async throws {
        try await withHub { rig in
            let framing = HubFraming(name: "marked", text: { [0x54] + $0 }, binary: { [0x42] + $0 })
            let packed = try await rig.connectMessagePack(framing: framing)
            #expect(packed.events.all == [.write([0x42] + Array("{}".utf8) + [0x1E])])
            let json = try await rig.connect(framing: framing)
            #expect(json.events.all == [.write([0x54] + Array("{}".utf8) + [0x1E])])
            #expect(await packed.onLoop { $0.transferFormat } == .binary)
        }
    }

    @Test func `A transport of text alone refuses it`() async throws {
        try await withHub { rig in
            let client = try await rig.attach(framing: HubFraming(name: "text", text: { $0 }, binary: nil))
            await client.send(#"{"protocol":"messagepack","version":1}"#)
            let end = await client.waitForEnd()
            #expect(
                end?.records == [
                    #"{"error":"Cannot use the 'messagepack' protocol on the current transport. "#
                        + #"The transport does not support 'Binary' transfer format."}"#
                ]
            )
        }
    }

    @Test func `What breaks the protocol closes the connection with the record of its protocol`() async throws {
        try await withHub { rig in
            let client = try await rig.connectMessagePack()
            let other = try await rig.connectMessagePack("bob")
            await client.send(bytes: [0x01, 0xC0])
            await client.waitForEnd()
            #expect(client.messages == [.close(HubClose(error: HubErrorText.connectionClosed))])
            await other.send(.invocation(HubInvocation(id: "1", target: "HeartbeatAsync")))
            #expect(await other.wait(forMessages: 1).count == 1)
        }
    }

    @Test func `A server that stops asks for a reconnect in the protocol`() async throws {
        try await withHub { rig in
            let client = try await rig.connectMessagePack()
            await client.onLoop { $0.drain() }
            #expect(client.messages == [.close(HubClose(allowReconnect: true))])
        }
    }
}
