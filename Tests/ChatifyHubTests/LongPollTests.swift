import ChatifyCore
import ChatifyEventLoop
import TestSupport
import Testing

@testable import ChatifyHub

/// Polls for which no task waits.
@Suite(.timeLimit(.minutes(5)))
struct LongPollTests {
    @Test(arguments: [true, false])
    func `A poll is answered once, on the shard that let it in`(isAtHome: Bool) async throws {
        try await withTwoShards { rig, elsewhere in
            let token = try await rig.open()
            let poll = try await (isAtHome ? rig : elsewhere).begin(token)
            await rig.waitUntilPolled()
            try await rig.post(HubClient.invocation("HeartbeatAsync", id: "1"), token)
            #expect(await poll.answers.wait(forCount: 1) == [.answer(to: "1")])
            try await rig.post(HubClient.invocation("HeartbeatAsync", id: "2"), token)
            await poll.cancel()
            #expect(try await rig.poll(token) == .answer(to: "2"))
            #expect(poll.answers.all.count == 1)
        }
    }

    @Test(arguments: [true, false])
    func `What waits for a poll that is given up is kept`(isAtHome: Bool) async throws {
        try await withTwoShards { rig, elsewhere in
            let token = try await rig.open()
            let poll = try await (isAtHome ? rig : elsewhere).begin(token)
            await rig.waitUntilPolled()
            await poll.cancel()
            #expect(await poll.answers.wait(forCount: 1) == [.ended])
            try await rig.post(HubClient.invocation("HeartbeatAsync", id: "1"), token)
            #expect(try await rig.poll(token) == .answer(to: "1"))
        }
    }

    @Test func `A newer poll takes the place of one that waits`() async throws {
        try await withTwoShards { rig, elsewhere in
            let token = try await rig.open()
            let older = try await elsewhere.begin(token)
            await rig.waitUntilPolled()
            let newer = try await rig.begin(token)
            #expect(await older.answers.wait(forCount: 1) == [.ended])
            // Giving up what is over takes nothing from the other.
            await older.cancel()
            try await rig.post(HubClient.invocation("HeartbeatAsync", id: "1"), token)
            #expect(await newer.answers.wait(forCount: 1) == [.answer(to: "1")])
        }
    }

    @Test func `What one batch brings leaves in one answer`() async throws {
        try await withTwoShards { rig, _ in
            let token = try await rig.open()
            try await rig.post(HubClient.invocation("JoinScopeAsync", #"["general"]"#, id: "1"), token)
            #expect(try await rig.poll(token) == .answer(to: "1"))
            let poll = try await rig.begin(token)
            // Longer than what is queued as one.
            let texts = (0..<8).map { String(repeating: "\($0)", count: 4000) }
            await rig.hub.receive(
                texts.enumerated().map { .sample($1, in: .channel(ScopeID(unchecked: "general")), offset: Int64($0)) }
            )
            guard case .data(let bytes) = try #require(await poll.answers.wait(forCount: 1).first) else {
                Issue.record("no data")
                return
            }
            let records = String(decoding: bytes, as: UTF8.self).split(separator: "\u{1e}").map { Reply(String($0)) }
            #expect(records.map(\.pushedText) == texts)
        }
    }

    @Test func `A poll of a connection that is gone by then has ended`() async throws {
        try await withTwoShards { rig, elsewhere in
            let token = try await rig.open()
            let poll = try await elsewhere.admit(token)
            try await rig.end(token)
            await poll.begin()
            #expect(await poll.answers.wait(forCount: 1) == [.ended])
        }
    }
}

/// A poll on its shard's loop, and its answers.
private struct BegunPoll: Sendable {
    let poll: EventLoopBound<LongPoll>
    let answers = Recorder<LongPollAnswer>()

    func begin() async {
        await self.poll.loop.run { [poll, answers] in
            poll.value.begin { answer in
                poll.loop.preconditionIsolated()
                answers.record(answer)
            }
        }
    }

    func cancel() async { await self.poll.loop.run { [poll] in poll.value.cancel() } }
}

extension HubRig {
    fileprivate func admit(_ token: String) async throws -> BegunPoll {
        let task = Task(executorPreference: self.loop) { [shard, loop] in
            let poll = try await shard.value.admitPoll(token: token, bearerToken: nil, claimedUser: "alice")
            return BegunPoll(poll: EventLoopBound(poll, loop: loop))
        }
        return try await task.value
    }

    fileprivate func begin(_ token: String) async throws -> BegunPoll {
        let poll = try await self.admit(token)
        await poll.begin()
        return poll
    }
}

extension LongPollAnswer {
    fileprivate static func answer(to id: String) -> LongPollAnswer {
        .data(#"{"type":3,"invocationId":"\#(id)","result":null}"# + "\u{1e}")
    }
}
