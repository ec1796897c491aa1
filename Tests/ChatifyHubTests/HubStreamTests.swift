import ChatifyCore
import ChatifyEventLoop
import ChatifySignalR
import TestSupport
import Testing

@testable import ChatifyHub

@Suite(.timeLimit(.minutes(5)))
struct HubStreamTests {
    private static func stream(_ arguments: String, id: String = "s", target: String = "StreamHistoryAsync") -> String {
        #"{"type":4,"invocationId":"\#(id)","target":"\#(target)","arguments":\#(arguments)}"#
    }

    private static func cancel(_ id: String) -> String { #"{"type":5,"invocationId":"\#(id)"}"# }

    /// Stores messages `0`, `1`, … one second apart from 2026-01-15T10:30:00Z on.
    private static func store(
        _ count: Int,
        in rig: HubRig,
        scope: ChatScope = .channel(ScopeID(unchecked: "general"))
    ) async throws {
        for index in 0..<count {
            var event = EnrichedChatEvent.sample("\(index)", in: scope, offset: Int64(index)).event
            event.createdAt = event.createdAt.advanced(by: .seconds(index))
            _ = try await rig.history.append(event, at: nil)
        }
    }

    /// The texts of the items of a stream, in the order in which they were sent.
    private static func items(_ client: HubClient, of id: String = "s") -> [String] {
        client.events.all.replies.filter { $0.invocationID == id }.compactMap(\.itemText)
    }

    /// The completions of a stream, as JSON.
    private static func completions(_ client: HubClient, of id: String = "s") -> [String] {
        client.records.filter { Reply($0).type == 3 && Reply($0).invocationID == id }
    }

    @discardableResult
    private static func completion(_ client: HubClient, of id: String = "s") async -> Reply {
        let start = Array(#"{"type":3,"invocationId":"\#(id)""#.utf8)
        let event = await client.events.first { $0.bytes.starts(with: start) }
        return event.map { [$0].replies }?.first ?? Reply()
    }

    /// A client that does not read, whose stream of 600 messages waits for it.
    private static func stuckStream(in rig: HubRig) async throws -> HubClient {
        try await self.store(600, in: rig)
        let client = try await rig.connect()
        await client.setQueueing(true)
        await client.send(self.stream(#"["general"]"#))
        await client.events.wait { $0.contains(.awaitDrain) }
        return client
    }

    @Test(
        arguments: [
            (#"["general"]"#, 0), (#"["general",null]"#, 0), (#"["general","2026-01-15T10:32:00Z"]"#, 120),
            (#"["general","2026-01-15T11:31:59.001+01:00",0]"#, 120), (#"["general",null,"Channel"]"#, 0),
            (#"["general",null,null]"#, 0), (#"["general","2027-01-01T00:00:00Z"]"#, 250), (#"["empty"]"#, 250),
        ]
    )
    func `History comes oldest first, page after page, and then the one completion`(
        arguments: String,
        first: Int
    ) async throws {
        try await withHub { rig in
            try await Self.store(250, in: rig)
            let client = try await rig.connect()
            await client.send(Self.stream(arguments))
            await Self.completion(client)
            #expect(Self.items(client) == (first..<250).map { "\($0)" })
            #expect(Self.completions(client) == [#"{"type":3,"invocationId":"s"}"#])
            #expect(client.events.all.replies.last?.type == 3)
            #expect(await client.onLoop { $0.streams.isEmpty })
        }
    }

    @Test func `An item is an event as history gives it`() async throws {
        try await withHub { rig in
            try await Self.store(1, in: rig)
            let client = try await rig.connect()
            await client.send(Self.stream(#"["general"]"#))
            await Self.completion(client)
            #expect(
                client.records[1] == #"{"type":2,"invocationId":"s","item":{"#
                    + #""messageId":"00000000-0000-0000-0000-000000000000","scopeType":0,"scopeId":"general","#
                    + #""senderId":"bob","text":"0","createdAtUtc":"2026-01-15T10:30:00.000Z","originPodId":"pod-0"}}"#
            )
        }
    }

    @Test func `MessagePack takes a time stamp`() async throws {
        try await withHub { rig in
            try await Self.store(3, in: rig)
            let client = try await rig.connectMessagePack()
            let arguments: [HubValue] = [.string("general"), .time(millisecondsSinceEpoch: 1_768_473_002_000)]
            let call = HubInvocation(id: "s", target: "streamhistoryasync", arguments: arguments)
            await client.send(.streamInvocation(call))
            let messages = await client.wait(forMessages: 2)
            guard case .streamItem(let item)? = messages.first else {
                Issue.record("expected an item")
                return
            }
            #expect(item.item["text"] == .string("2"))
            #expect(item.item["createdAtUtc"] == .time(millisecondsSinceEpoch: 1_768_473_002_000))
            #expect(messages.last == .completion(HubCompletion(id: "s", outcome: .void)))
        }
    }

    @Test(
        arguments: [
            (stream("[]"), "Failed to invoke 'StreamHistoryAsync' due to an error on the server."),
            (stream("[1]"), "Failed to invoke 'StreamHistoryAsync' due to an error on the server."),
            (stream(#"["a",1]"#), "Failed to invoke 'StreamHistoryAsync' due to an error on the server."),
            (stream(#"["a",null,0,1]"#), "Failed to invoke 'StreamHistoryAsync' due to an error on the server."),
            (
                stream(#"["a","yesterday"]"#),
                "An unexpected error occurred invoking 'StreamHistoryAsync' on the server. HubException: "
                    + "VALIDATION_ERROR: from must be an ISO 8601 date and time such as 2026-01-15T10:30:00Z."
            ),
            (stream(#"["a-b",null,1]"#), "Failed to invoke 'StreamHistoryAsync' because user is unauthorized"),
            (
                stream("[]", target: "Nothing"),
                "Failed to invoke 'Nothing' due to an error on the server. HubException: Method does not exist."
            ),
            (
                stream("[]", target: "HeartbeatAsync"),
                "The client attempted to invoke the non-streaming 'HeartbeatAsync' method with a streaming invocation."
            ),
            (
                HubClient.invocation("StreamHistoryAsync", #"["a"]"#, id: "s"),
                "The client attempted to invoke the streaming 'StreamHistoryAsync' method with a non-streaming invocation."
            ),
        ]
    )
    func `What cannot be streamed is answered with an error`(record: String, error: String) async throws {
        try await withHub { rig in
            let client = try await rig.connect("carol")
            await client.send(record)
            #expect(await Self.completion(client).error == error)
            #expect(await client.call("HeartbeatAsync").hasNullResult)
        }
    }

    @Test func `A stream waits for a client that does not read, and everything else goes on`() async throws {
        try await withHub { rig in
            let client = try await Self.stuckStream(in: rig)
            let before = Self.items(client).count
            #expect(await client.onLoop { $0.transport?.queuedBytes ?? 0 } < 20_000)
            #expect(await client.call("HeartbeatAsync").hasNullResult)
            await client.call("JoinScopeAsync", #"["other"]"#)
            await rig.deliver("live", to: .channel(ScopeID(unchecked: "other")))
            #expect(client.pushed == ["live"])
            #expect(Self.items(client).count == before)
            await client.setQueueing(false)
            await Self.completion(client)
            #expect(Self.items(client) == (0..<600).map { "\($0)" })
        }
    }

    @Test func `A stream does not wait for what has left before it asked`() async throws {
        try await withHub { rig in
            try await Self.store(600, in: rig)
            let client = try await rig.connect()
            await client.setQueueing(true)
            await rig.loop.run { [transport = client.transport] in transport.value.drainsUnheard = true }
            await client.send(Self.stream(#"["general"]"#))
            await Self.completion(client)
            #expect(client.events.all.contains(.awaitDrain))
            #expect(Self.items(client) == (0..<600).map { "\($0)" })
        }
    }

    @Test func `A stream that is cancelled stops and is completed once`() async throws {
        try await withHub { rig in
            let client = try await Self.stuckStream(in: rig)
            let before = Self.items(client).count
            await client.send(Self.cancel("s"), Self.cancel("s"), Self.cancel("other"))
            await Self.completion(client)
            await client.setQueueing(false)
            #expect(await client.call("HeartbeatAsync").hasNullResult)
            #expect(Self.items(client).count == before)
            #expect(Self.completions(client) == [#"{"type":3,"invocationId":"s"}"#])
            await client.send(Self.stream(#"["general","2026-01-15T10:39:59Z"]"#, id: "s"))
            #expect(await client.events.first { $0.records.first?.contains(#""text":"599""#) ?? false } != nil)
        }
    }

    @Test func `Streams run side by side up to a bound, each under an id of its own`() async throws {
        var configuration = HubConfiguration()
        configuration.maximumStreamsPerConnection = 2
        try await withHub(configuration) { rig in
            try await Self.store(300, in: rig)
            let client = try await rig.connect()
            await client.setQueueing(true)
            await client.send(Self.stream(#"["general"]"#, id: "a"), Self.stream(#"["general"]"#, id: "b"))
            await client.send(Self.stream(#"["general"]"#, id: "a"))
            #expect(await Self.completion(client, of: "a").error == "Invocation ID 'a' is already in use.")
            await client.send(Self.stream(#"["general"]"#, id: "c"))
            #expect(
                await Self.completion(client, of: "c").error
                    == "An unexpected error occurred invoking 'StreamHistoryAsync' on the server. HubException: "
                    + "VALIDATION_ERROR: At most 2 streams of a connection may run at once."
            )
            await client.setQueueing(false)
            await Self.completion(client, of: "b")
            #expect(Self.items(client, of: "b") == (0..<300).map { "\($0)" })
            await client.events.wait { Self.hasLast($0, of: "a") }
            #expect(Self.items(client, of: "a") == (0..<300).map { "\($0)" })
        }
    }

    /// Whether message 299 was sent, by what its bytes hold.
    private static func hasLast(_ events: [FakeTransport.Event], of id: String) -> Bool {
        let start = Array(#"{"type":2,"invocationId":"\#(id)""#.utf8)
        return events.last { $0.bytes.starts(with: start) }?.records.first?.contains(#""text":"299""#) ?? false
    }

    @Test(arguments: [true, false])
    func `The end of the connection is the end of its streams`(isDrained: Bool) async throws {
        try await withHub { rig in
            let client = try await Self.stuckStream(in: rig)
            let stream = await client.onLoop { Confined($0.streams["s"], to: $0.shard.executor) }
            if isDrained { await client.onLoop { $0.drain() } } else { await client.disconnect() }
            await client.loop.run { stream.value?.task }?.value
            #expect(Self.completions(client).isEmpty)
            #expect(await client.onLoop { $0.streams.isEmpty })
            #expect(client.records.last == #"{"type":7,"allowReconnect":true}"# || !isDrained)
        }
    }
}
