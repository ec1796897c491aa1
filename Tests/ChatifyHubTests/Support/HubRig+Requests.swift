import ChatifyCore
import ChatifyEventLoop
import Foundation
import Testing

@testable import ChatifyHub

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
}
