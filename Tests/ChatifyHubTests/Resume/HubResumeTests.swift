import ChatifyCore
import TestSupport
import Testing

@testable import ChatifyHub

/// What a client that resumes is answered, and what it is pushed; everything runs when the test says so.
@Suite(.timeLimit(.minutes(5)))
struct HubResumeTests {
    private let log = InMemoryEventLog(partitions: 1)

    /// A pod that has read ten events, at offsets 0 to 9.
    private func pod(
        _ resume: ResumeConfiguration = ResumeConfiguration(),
        source: (any ReplaySource)? = nil,
        authorizer: any ScopeAuthorizer = ParticipantScopeAuthorizer()
    ) async throws -> ManualPod {
        let pod = try ManualPod("pod", log: self.log, replaySource: source, authorizer: authorizer, resume)
        for number in 0..<10 { try await self.log.say("\(number)") }
        pod.settle()
        return pod
    }

    @Test func `What was missed comes first, then the answer, then what is said from now on`() async throws {
        let pod = try await self.pod()
        let client = try await pod.connect()
        client.resume(behind: 6)
        pod.settle()
        #expect(client.pushed == [7, 8, 9])
        #expect(client.replies.last?.resumed == .recovered(3))
        try await self.log.say("live")
        pod.settle()
        #expect(client.pushed == [7, 8, 9, 10])
        #expect(client.isMember)
        pod.stop()
    }

    @Test func `Nothing missed is recovered too`() async throws {
        let pod = try await self.pod()
        let client = try await pod.connect()
        client.resume(behind: 9)
        pod.settle()
        #expect(client.resumed == .recovered(0))
        pod.stop()
    }

    @Test func `A pod that is behind the client catches up first`() async throws {
        let pod = try await self.pod()
        let client = try await pod.connect()
        for number in 10..<14 { try await self.log.say("\(number)") }
        // The client has seen 12 elsewhere; this pod has read up to 9.
        client.resume(behind: 12)
        pod.loop.runUntilIdle()
        #expect(client.resumed == nil)
        pod.settle()
        #expect(client.resumed == .recovered(1))
        #expect(client.pushed == [13])
        pod.stop()
    }

    @Test func `A position that the log never reaches is told after a while`() async throws {
        let pod = try await self.pod()
        let client = try await pod.connect()
        client.resume(behind: 9_007_199_254_740_991)
        pod.settle()
        pod.loop.perform { pod.shard.tick(now: .now + .seconds(1)) }
        pod.settle()
        #expect(client.resumed == nil)
        pod.passTime()
        pod.settle()
        #expect(client.resumed == .notRecovered)
        try await self.log.say("live")
        pod.settle()
        #expect(client.pushed == [10])
        pod.stop()
    }

    @Test(arguments: [1, 2, 2_147_483_647] as [Int32])
    func `A position of another partition is not of this scope`(_ partition: Int32) async throws {
        let pod = try await self.pod()
        let client = try await pod.connect()
        client.resume(behind: 3, partition: partition)
        pod.settle()
        #expect(client.resumed == .notRecovered)
        #expect(client.isMember)
        #expect(client.pushed.isEmpty)
        pod.stop()
    }

    @Test(arguments: [3, 7] as [Int])
    func `More than is allowed is not replayed in part`(_ limit: Int) async throws {
        var resume = ResumeConfiguration()
        resume.maximumEvents = limit
        let pod = try await self.pod(resume, source: self.log)
        let client = try await pod.connect()
        client.resume(behind: 2)
        pod.settle()
        #expect(client.resumed == (limit == 7 ? .recovered(7) : .notRecovered))
        #expect(client.pushed.count == (limit == 7 ? 7 : 0))
        pod.stop()
    }

    @Test func `Nor are more bytes than are allowed`() async throws {
        var resume = ResumeConfiguration()
        let pod = try await self.pod()
        let client = try await pod.connect()
        client.resume(behind: 6)
        pod.settle()
        let size = client.transport.events.all.map { $0.records.joined().utf8.count + 1 }.dropFirst().prefix(3).reduce(
            0,
            +
        )
        pod.stop()
        for (bytes, expected) in [(size, Resumed.recovered(3)), (size - 1, .notRecovered)] {
            resume.maximumBytes = bytes
            let other = try ManualPod("other-\(bytes)", log: self.log, startingAt: .beginning, resume)
            other.settle()
            let client = try await other.connect()
            client.resume(behind: 6)
            other.settle()
            #expect(client.resumed == expected)
            #expect(client.pushed.count == expected.replayed)
            other.stop()
        }
    }

    @Test func `An older gap is filled from the log, and only if that has all of it`() async throws {
        var resume = ResumeConfiguration()
        resume.windowBytes = 2000
        let source = YieldingSource(self.log)
        let pod = try await self.pod(resume, source: source)
        let client = try await pod.connect()
        client.resume(behind: 0)
        pod.settle()
        #expect(client.resumed == .recovered(9))
        #expect(client.pushed == Array(1..<10))
        #expect(source.count == 1)
        pod.stop()
    }

    @Test func `Without such a log it is not`() async throws {
        var resume = ResumeConfiguration()
        resume.windowBytes = 2000
        let pod = try await self.pod(resume)
        let client = try await pod.connect()
        client.resume(behind: 0)
        pod.settle()
        #expect(client.resumed == .notRecovered)
        pod.stop()
    }

    @Test func `A source that fails leaves the gap`() async throws {
        var resume = ResumeConfiguration()
        resume.windowBytes = 0
        let pod = try await self.pod(resume, source: FailingSource())
        let client = try await pod.connect()
        client.resume(behind: 0)
        pod.settle()
        #expect(client.resumed == .notRecovered)
        #expect(client.isMember)
        pod.stop()
    }

    @Test func `Without a type the channel and the direct messages of that id come in the order of the log`()
        async throws
    {
        let pod = try ManualPod("pod", log: self.log)
        pod.settle()
        for (number, type) in ([.channel, .directMessage, .channel, .directMessage] as [ScopeType]).enumerated() {
            try await self.log.say("\(number)", in: "alice-bob", type)
        }
        pod.settle()
        let (alice, carol) = (try await pod.connect("alice"), try await pod.connect("carol"))
        for client in [alice, carol] { client.resume("alice-bob", behind: 0, type: "") }
        pod.settle()
        #expect(alice.pushed == [1, 2, 3])
        #expect(carol.pushed == [2], "who may not join the direct messages gets the channel's")
        for (number, type) in ([.channel, .directMessage, .channel] as [ScopeType]).enumerated() {
            try await self.log.say("\(number)", in: "alice-bob", type)
        }
        pod.settle()
        #expect(alice.pushed == [1, 2, 3, 4, 5, 6], "live too")
        pod.stop()
    }

    @Test func `Who may join but not read the past gets none of it`() async throws {
        let pod = try await self.pod(authorizer: JoinOnly())
        let client = try await pod.connect()
        client.resume(behind: 3)
        pod.settle()
        #expect(client.resumed == .notRecovered)
        #expect(client.isMember)
        #expect(client.pushed.isEmpty)
        pod.stop()
    }

    @Test func `Who may not join is refused, and stays joined elsewhere`() async throws {
        let pod = try await self.pod()
        let client = try await pod.connect("carol")
        client.join()
        client.resume("alice-bob", behind: 3, type: ",1")
        pod.settle()
        let reply = client.replies.first { $0.invocationID == "resume" }
        #expect(reply?.error == "Failed to invoke 'ResumeScopeAsync' because user is unauthorized")
        #expect(client.isMember)
        pod.stop()
    }

    @Test func `Resuming counts for the limit of scopes`() async throws {
        let pod = try await self.pod()
        let client = try await pod.connect()
        for number in 0..<128 { client.join("scope-\(number)") }
        client.resume(behind: 3)
        pod.settle()
        let error = client.replies.first { $0.invocationID == "resume" }?.error ?? ""
        #expect(error.hasSuffix("VALIDATION_ERROR: A connection may be joined to at most 128 scopes."))
        #expect(client.pushed.isEmpty)
        pod.stop()
    }

    @Test func `Who is joined already gets again what it asks for, and is a member once`() async throws {
        let pod = try await self.pod()
        let client = try await pod.connect()
        client.join()
        try await self.log.say("live")
        pod.settle()
        client.resume(behind: 8)
        pod.settle()
        #expect(client.pushed == [10, 9, 10])
        try await self.log.say("live")
        pod.settle()
        #expect(client.pushed == [10, 9, 10, 11])
        pod.stop()
    }

    @Test func `A client that cannot take what it missed is closed and may come back`() async throws {
        let pod = try await self.pod()
        let client = try await pod.connect()
        client.transport.refusesWrites = true
        client.resume(behind: 3)
        pod.settle()
        let end = client.transport.events.all.filter(\.isEnd).flatMap(\.records)
        #expect(end == [#"{"type":7,"error":"The client does not keep up with its messages.","allowReconnect":true}"#])
        #expect(!client.isMember)
        pod.stop()
    }

    @Test func `Who waits for the pod is let go when the pod drains, or the client leaves`() async throws {
        let pod = try await self.pod()
        let (staying, leaving) = (try await pod.connect(), try await pod.connect("bob"))
        for client in [staying, leaving] { client.resume(behind: 20) }
        pod.settle()
        pod.loop.perform { leaving.connection.transportClosed() }
        pod.settle()
        #expect(!leaving.isMember)
        #expect(leaving.resumed == nil)
        pod.loop.perform { _ = pod.shard.drain(atMost: 10) }
        pod.settle()
        #expect(staying.resumed == .notRecovered)
        #expect(staying.hasEnded)
        pod.stop()
    }

    @Test func `A shard that is made late knows where it stands`() async throws {
        let pod = try await self.pod()
        let late = pod.loop.perform { pod.hub.makeShard(on: pod.loop) }
        #expect(late.standing == [0: 10])
        pod.stop()
    }

    @Test func `Events too old to be pushed are there for who resumes`() async throws {
        let pod = try ManualPod("pod", log: self.log)
        let old = EnrichedChatEvent.sample("old", in: .channel(ScopeID(unchecked: "general"))).event
        for age in [3600, 0] {
            var event = old
            event.createdAt = .sample.advanced(by: .seconds(-age))
            _ = try await self.log.produce(event, headers: RecordHeaders())
        }
        let (joined, resumed) = (try await pod.connect(), try await pod.connect("bob"))
        try await self.log.say("new")
        joined.join()
        #expect(joined.pushed == [1, 2])
        resumed.resume(behind: 0)
        pod.settle()
        #expect(resumed.pushed == [1, 2])
        pod.stop()
        let other = try ManualPod("other", log: self.log, startingAt: .beginning)
        other.settle()
        let third = try await other.connect()
        third.resume(behind: 0)
        other.settle()
        #expect(third.pushed == [1, 2])
        other.stop()
    }
}

/// Lets everybody join and nobody read the past.
private struct JoinOnly: ScopeAuthorizer {
    func isAllowed(_ action: ScopeAction, by user: UserID, in scope: ChatScope) async throws(ChatError) -> Bool {
        action != .readHistory
    }
}

private struct FailingSource: ReplaySource {
    func events(
        in scopes: [ChatScope],
        partition: Int32,
        offsets: Range<Int64>,
        limit: Int
    ) async throws(ChatError) -> [EnrichedChatEvent]? {
        throw ChatError(.unavailable, "The source is away.")
    }
}
