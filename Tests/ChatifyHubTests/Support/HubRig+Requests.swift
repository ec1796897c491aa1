import ChatifyCore
import ChatifyEventLoop
import Foundation
import Testing

@testable import ChatifyHub

/// Lends a hub with a shard on each of two loops.
func withTwoShards(
    _ configuration: HubConfiguration = HubConfiguration(),
    _ body: (HubRig, HubRig) async throws -> Void
) async throws {
    try await withHub(configuration) { rig in
        let loop = try EventLoop(name: "hub-elsewhere")
        let shard = await loop.run { EventLoopBound(rig.hub.makeShard(on: loop), loop: loop) }
        let elsewhere = HubRig(
            loop: loop,
            hub: rig.hub,
            shard: shard,
            producer: rig.producer,
            history: rig.history,
            presence: rig.presence,
            log: rig.log
        )
        let result: Result<Void, any Error>
        do {
            result = .success(try await body(rig, elsewhere))
        } catch {
            result = .failure(error)
        }
        for end in [rig, elsewhere] { await end.endPolling() }
        await loop.run { _ = shard.value.drain(atMost: .max) }
        await loop.shutdown()
        try result.get()
    }
}

extension LongPollAnswer {
    static func data(_ text: String) -> LongPollAnswer { .data(Array(text.utf8)) }
}

extension HubRig {
    /// Negotiates, and returns the answer.
    func negotiate(
        _ version: String? = "1",
        useStatefulReconnect: String? = nil,
        user: String? = "alice"
    ) async throws -> [String: Any] {
        let body = try await self.hub.negotiate(
            version: version,
            useStatefulReconnect: useStatefulReconnect,
            bearerToken: nil,
            claimedUser: user
        )
        return try #require(try JSONSerialization.jsonObject(with: Data(body)) as? [String: Any])
    }

    /// Negotiates in version 1, and returns the token.
    func negotiateToken(useStatefulReconnect: String? = nil, user: String = "alice") async throws -> String {
        let answer = try await self.negotiate(useStatefulReconnect: useStatefulReconnect, user: user)
        return try #require(answer["connectionToken"] as? String)
    }

    /// Opens a long-polling connection, shakes hands, and returns its token.
    func open() async throws -> String {
        let token = try await self.negotiateToken()
        #expect(try await self.poll(token) == .data([]))
        try await self.post(#"{"protocol":"json","version":1}"#, token)
        #expect(try await self.poll(token) == .data("{}\u{1e}"))
        return token
    }

    func poll(_ token: String?, by user: String = "alice") async throws -> LongPollAnswer {
        try await self.onShard { try await $0.poll(token: token, bearerToken: nil, claimedUser: user) }
    }

    /// Posts one record, or several with separators between them.
    func post(_ records: String, _ token: String?, by user: String = "alice") async throws {
        let body = Array("\(records)\u{1e}".utf8)
        try await self.onShard { try await $0.post(body, token: token, bearerToken: nil, claimedUser: user) }
    }

    func end(_ token: String?, by user: String = "alice") async throws {
        try await self.onShard { try await $0.end(token: token, bearerToken: nil, claimedUser: user) }
    }

    func attachEventStream(_ token: String?) async throws -> HubAdmission {
        try await self.onShard {
            try await $0.attachEventStream(token: token, bearerToken: nil, claimedUser: "alice")
        }
    }

    /// Ends the connections that poll, which no transport of a test's own ends.
    func endPolling() async {
        await self.loop.run { [shard = self.shard] in shard.value.endPolling() }
    }

    /// Asks the shard, as a request does that its loop has read.
    private func onShard<Value: Sendable>(
        _ body: @escaping @Sendable (HubShard) async throws -> Value
    ) async throws -> Value {
        let task = Task(executorPreference: self.loop) { [shard = self.shard] in try await body(shard.value) }
        return try await withTaskCancellationHandler {
            try await task.value
        } onCancel: {
            task.cancel()
        }
    }

    /// Returns once a poll waits on this shard.
    func waitUntilPolled() async {
        await self.waitUntil { $0.polled.values.contains { $0.isPolled } }
    }

    /// Returns once so many requests wait for a connection of this shard.
    func waitUntilWaiting(posts count: Int) async {
        await self.waitUntil { $0.connections.values.contains { $0.posts.count == count } }
    }

    /// Asks until it is so, for what nothing announces; the suite's time limit ends it.
    private func waitUntil(_ isSo: @escaping @Sendable (HubShard) -> Bool) async {
        while !Task.isCancelled {
            if await self.loop.run({ [shard] in isSo(shard.value) }) { return }
            await Task.yield()
        }
    }
}
