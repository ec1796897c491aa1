import ChatifyCore
import ChatifyEventLoop
import TestSupport
import Testing

@testable import ChatifyHub

/// Server-sent events and long polling: many requests about one connection, on any shard.
@Suite(.timeLimit(.minutes(5)))
struct HubRequestTests {
    private static let handshake = #"{"protocol":"json","version":1}"#

    @Test func `A connection counts though it holds no socket`() async throws {
        var configuration = HubConfiguration()
        configuration.maximumConnections = 2
        try await withHub(configuration) { rig in
            let third = try await rig.negotiateToken()
            let socket = try await rig.connect("bob")
            let polled = try await rig.open()
            let tooMany = HubRejection(503, "This server has too many connections.")
            await #expect(throws: tooMany) { _ = try await rig.negotiateToken() }
            await #expect(throws: tooMany) { try await rig.attach("bob") }
            await #expect(throws: tooMany) { _ = try await rig.poll(third) }
            await #expect(throws: tooMany) { _ = try await rig.attachEventStream(third) }
            await socket.disconnect()
            #expect(try await rig.poll(third) == .data([]))
            await #expect(throws: tooMany) { try await rig.attach("bob") }
            for token in [polled, third] { try await rig.end(token) }
            _ = try await rig.connect("bob")
        }
    }

    @Test func `A client may send before its first poll, and polls on any shard`() async throws {
        try await withTwoShards { rig, elsewhere in
            let token = try await rig.negotiateToken()
            try await rig.post(Self.handshake, token)
            #expect(try await elsewhere.poll(token) == .data([]))
            #expect(try await elsewhere.poll(token) == .data("{}\u{1e}"))
            #expect(await rig.connectionCount == 1)
            #expect(await elsewhere.connectionCount == 0)
            async let waiting = rig.poll(token)
            try await elsewhere.post(HubClient.invocation("HeartbeatAsync", id: "1"), token)
            #expect(try await waiting == .data(#"{"type":3,"invocationId":"1","result":null}"# + "\u{1e}"))
        }
    }

    @Test func `The end is fetched like data, and then said to whoever asks, until the client deletes it`() async throws
    {
        try await withTwoShards { rig, elsewhere in
            let token = try await rig.open()
            await rig.loop.run { [shard = rig.shard] in _ = shard.value.drain(atMost: .max) }
            #expect(await rig.connectionCount == 0)
            let close = LongPollAnswer.data(#"{"type":7,"allowReconnect":true}"# + "\u{1e}")
            #expect(try await elsewhere.poll(token) == close)
            await #expect(throws: HubRejection.unknownConnection) { try await rig.post("{}", token) }
            for _ in 0..<2 { #expect(try await rig.poll(token) == .ended) }
            try await elsewhere.end(token)
            await #expect(throws: HubRejection.unknownConnection) { try await rig.poll(token) }
            await #expect(throws: HubRejection.unknownConnection) { try await rig.end(token) }
        }
    }

    @Test func `A deleted connection is gone at once, with the poll that waits`() async throws {
        try await withTwoShards { rig, elsewhere in
            let token = try await rig.open()
            async let waiting = elsewhere.poll(token)
            await rig.waitUntilPolled()
            try await elsewhere.end(token)
            #expect(try await waiting == .ended)
            #expect(await rig.connectionCount == 0)
            await #expect(throws: HubRejection.unknownConnection) { try await rig.end(token) }
            await #expect(throws: HubRejection.unknownConnection) { try await rig.poll(token) }
            await #expect(throws: HubRejection.unknownConnection) { try await rig.post("{}", token) }
        }
    }

    @Test func `Data waits for the next poll when a client has left its poll`() async throws {
        try await withTwoShards { rig, elsewhere in
            let token = try await rig.open()
            let left = Task { try await elsewhere.poll(token) }
            await rig.waitUntilPolled()
            left.cancel()
            #expect(try await left.value == .ended)
            await rig.loop.run { [shard = rig.shard] in #expect(!shard.value.polled.isEmpty) }
            try await rig.post(HubClient.invocation("HeartbeatAsync", id: "1"), token)
            #expect(try await rig.poll(token) == .data(#"{"type":3,"invocationId":"1","result":null}"# + "\u{1e}"))
        }
    }

    @Test func `A client that polls no more is removed, one that polls is not timed out`() async throws {
        try await withTwoShards { rig, _ in
            let token = try await rig.open()
            try await rig.post(#"{"type":6}"#, token)
            async let waiting = rig.poll(token)
            await rig.waitUntilPolled()
            await rig.tick(after: .seconds(60))
            #expect(await rig.connectionCount == 1)
            try await rig.post(HubClient.invocation("HeartbeatAsync", id: "1"), token)
            #expect(try await waiting == .data(#"{"type":3,"invocationId":"1","result":null}"# + "\u{1e}"))
            await rig.tick(after: .seconds(16))
            #expect(await rig.connectionCount == 0)
            await #expect(throws: HubRejection.unknownConnection) { try await rig.poll(token) }
        }
    }

    @Test func `A poll renews the presence of a client that never pings`() async throws {
        try await withTwoShards { rig, _ in
            let token = try await rig.open()
            async let waiting = rig.poll(token)
            await rig.waitUntilPolled()
            await rig.tick(after: .seconds(16))
            await rig.presence.reports.wait { reports in
                reports.contains { if case .heartbeat = $0 { true } else { false } }
            }
            try await rig.end(token)
            _ = try await waiting
        }
    }

    @Test func `Requests wait while the client is ahead, in order and not too many`() async throws {
        var configuration = HubConfiguration()
        configuration.maximumWaitingPosts = 2
        try await withTwoShards(configuration) { rig, elsewhere in
            let token = try await rig.open()
            rig.producer.hold()
            try await rig.post((0..<20).map { HubClient.message("m\($0)") }.joined(separator: "\u{1e}"), token)
            // One after the other, so that their order is known.
            var posts: [Task<Void, any Error>] = []
            for index in 20..<22 {
                posts.append(Task { try await elsewhere.post(HubClient.message("m\(index)"), token) })
                await rig.waitUntilWaiting(posts: index - 19)
            }
            await #expect(throws: HubRejection.tooManyPosts) { try await rig.post(HubClient.message("more"), token) }
            rig.producer.release()
            for post in posts { try await post.value }
            await rig.producer.begun.wait(forCount: 22)
            #expect(rig.producer.begun.all.map(\.text) == (0..<22).map { "m\($0)" })
        }
    }

    @Test func `Requests that wait are refused when the connection ends`() async throws {
        try await withTwoShards { rig, elsewhere in
            let token = try await rig.open()
            rig.producer.hold()
            try await rig.post((0..<20).map { HubClient.message("m\($0)") }.joined(separator: "\u{1e}"), token)
            let post = Task { try await elsewhere.post(HubClient.message("late"), token) }
            await rig.waitUntilWaiting(posts: 1)
            try await rig.end(token)
            await #expect(throws: HubRejection.unknownConnection) { try await post.value }
        }
    }

    @Test func `Whoever does not fetch is closed at the bound, and told`() async throws {
        var configuration = HubConfiguration()
        configuration.longPolling.maximumBufferedBytes = 2000
        try await withTwoShards(configuration) { rig, _ in
            let token = try await rig.open()
            try await rig.post(HubClient.invocation("JoinScopeAsync", #"["general"]"#, id: "1"), token)
            #expect(try await rig.poll(token) == .data(#"{"type":3,"invocationId":"1","result":null}"# + "\u{1e}"))
            for index in 0..<20 { await rig.deliver("event \(index)") }
            #expect(await rig.connectionCount == 0)
            let waiting = await rig.loop.run { [shard = rig.shard] in shard.value.unpolledBytes }
            guard case .data(let bytes) = try await rig.poll(token) else {
                Issue.record("no data")
                return
            }
            let records = String(decoding: bytes, as: UTF8.self).split(separator: "\u{1e}").map { Reply(String($0)) }
            #expect(records.dropLast().compactMap(\.pushedText) == (0..<(records.count - 1)).map { "event \($0)" })
            #expect(records.count > 3)
            #expect(bytes.count == waiting)
            #expect(records.last?.type == 7)
            #expect(try await rig.poll(token) == .ended)
        }
    }

    @Test func `Nobody else gets to a connection, and no other transport`() async throws {
        try await withTwoShards { rig, elsewhere in
            let token = try await rig.open()
            for shard in [rig, elsewhere] {
                await #expect(throws: HubRejection.otherUser) { try await shard.poll(token, by: "mallory") }
                await #expect(throws: HubRejection.otherUser) { try await shard.post("{}", token, by: "mallory") }
                await #expect(throws: HubRejection.otherUser) { try await shard.end(token, by: "mallory") }
                await #expect(throws: HubRejection.transportChange) { try await shard.attachEventStream(token) }
                await #expect(throws: HubRejection.transportChange) { try await shard.attach("alice", token: token) }
                await #expect(throws: HubRejection.idRequired) { try await shard.poll(nil) }
                await #expect(throws: HubRejection.unknownConnection) { try await shard.poll("guessed") }
                await #expect(throws: HubRejection.unknownConnection) { try await shard.end("guessed") }
            }
            let webSocket = try await rig.connect()
            await #expect(throws: HubRejection.transportChange) { try await rig.poll(webSocket.token) }
            await #expect(throws: HubRejection.takesNoPost) { try await rig.post("{}", webSocket.token) }
            await #expect(throws: HubRejection.notPolled) { try await rig.end(webSocket.token) }
            let negotiated = try await rig.negotiateToken()
            await #expect(throws: HubRejection.notPolled) { try await rig.end(negotiated) }
            await #expect(throws: HubRejection.otherUser) { try await rig.post("{}", negotiated, by: "mallory") }
        }
    }

    @Test func `A stream of events takes requests on any shard, until it is gone`() async throws {
        try await withTwoShards { rig, elsewhere in
            let token = try await rig.negotiateToken()
            let admission = try await rig.attachEventStream(token)
            let client = await rig.connect(admission, framing: .serverSentEvents)
            await #expect(throws: HubRejection.alreadyInUse) { try await elsewhere.attachEventStream(token) }
            await #expect(throws: HubRejection.transportChange) { try await elsewhere.poll(token) }
            await #expect(throws: HubRejection.notPolled) { try await elsewhere.end(token) }
            try await elsewhere.post(Self.handshake, token)
            await client.events.wait(forCount: 1)
            #expect(client.events.all == [.write(Array("data: {}\u{1e}\r\n\r\n".utf8))])
            await client.disconnect()
            await #expect(throws: HubRejection.unknownConnection) { try await elsewhere.post("{}", token) }
        }
    }

    @Test func `Many first requests on all shards open one connection`() async throws {
        try await withTwoShards { rig, elsewhere in
            for _ in 0..<50 {
                let token = try await rig.negotiateToken()
                async let here: Void = rig.post(Self.handshake, token)
                async let there = elsewhere.poll(token)
                try await here
                #expect(try await there == .data([]))
                #expect(await rig.connectionCount + elsewhere.connectionCount == 1)
                try await rig.end(token)
            }
        }
    }
}

extension HubRig {
    fileprivate func tick(after duration: Duration) async {
        await self.loop.run { [shard] in shard.value.tick(now: .now + duration) }
    }
}
