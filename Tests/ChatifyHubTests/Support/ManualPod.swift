import ChatifyCore
import Foundation
import TestSupport

@testable import ChatifyHub

/// A pod whose loop and whose reading of the log go on job by job, as a test chooses.
final class ManualPod {
    /// Where the shard and its connections live.
    let loop = ManualExecutor()
    /// Where the log is read.
    let reader = ManualExecutor()
    let hub: ChatHub
    let shard: HubShard
    private let reading: Task<Void, Never>

    init(
        _ name: String,
        log: InMemoryEventLog,
        replaySource: (any ReplaySource)? = nil,
        startingAt start: LogStart = .end,
        authorizer: any ScopeAuthorizer = ParticipantScopeAuthorizer(),
        batchLimit: Int = 512,
        _ resume: ResumeConfiguration = ResumeConfiguration()
    ) throws {
        let captured = CapturingLog()
        let pod = try EnvironmentPodIdentity(environment: ["POD_NAME": name])
        let chat = ChatService(
            producer: log,
            history: InMemoryHistoryRepository(),
            limiter: InMemoryRateLimiter(clock: .system),
            authorizer: authorizer,
            podIdentity: pod,
            logger: captured.logger
        )
        var configuration = HubConfiguration()
        configuration.resume = resume
        self.hub = ChatHub(
            chat: chat,
            presence: FakePresence(),
            authenticator: DevelopmentAuthenticator(),
            podIdentity: pod,
            replaySource: replaySource,
            configuration: configuration,
            logger: captured.logger
        )
        self.shard = self.loop.perform { [hub, loop] in hub.makeShard(on: loop) }
        var broadcast = BroadcastConfiguration()
        broadcast.batchLimit = batchLimit
        let service = BroadcastService(
            consumer: log.makeConsumer(group: name, startingAt: start, commits: .automatic),
            subscriber: self.hub,
            configuration: broadcast,
            clock: ChatClock(now: { .sample }, uptime: { .zero }, sleep: { _ in }),
            logger: captured.logger
        )
        self.reading = Task(executorPreference: self.reader) { await service.run() }
    }

    /// Opens a connection that has shaken hands; runs nothing.
    func connect(_ user: String = "alice") async throws -> ManualClient {
        let admission = try await self.hub.attach(token: nil, bearerToken: nil, claimedUser: user)
        let transport = FakeTransport()
        let connection = self.loop.perform { self.shard.connect(transport, as: admission, framing: .none) }
        let client = ManualClient(pod: self, connection: connection, transport: transport)
        client.send(#"{"protocol":"json","version":1}"#)
        return client
    }

    /// Runs until nothing is left to run.
    func settle() {
        while self.loop.hasJobs || self.reader.hasJobs {
            self.reader.runNext()
            self.loop.runNext()
        }
    }

    /// Lets all waits for this pod come to their end.
    func passTime() { self.loop.perform { self.shard.tick(now: .now + .seconds(20)) } }

    /// Ends what goes on, so that nothing is left behind.
    func stop() {
        self.reading.cancel()
        self.settle()
        self.loop.perform { _ = self.shard.drain(atMost: .max) }
        self.settle()
        self.hub.removeShards()
        self.reader.letGo()
    }
}

/// A test's end of a connection to a ``ManualPod``.
struct ManualClient {
    let pod: ManualPod
    let connection: HubConnection
    let transport: FakeTransport

    func send(_ record: String) {
        let bytes = Array(record.utf8) + [0x1E]
        self.pod.loop.perform { bytes.withUnsafeBytes { self.connection.receive($0) } }
    }

    /// Joins the scope and waits for the answer.
    func join(_ scope: String = "general") {
        self.send(HubClient.invocation("JoinScopeAsync", #"["\#(scope)",0]"#, id: "join"))
        self.pod.settle()
    }

    /// Asks to resume; the answer is ``resumed``.
    func resume(_ scope: String = "general", behind offset: Int64, partition: Int32 = 0, type: String = ",0") {
        let position = #"{"partition":\#(partition),"offset":\#(offset)}"#
        self.send(HubClient.invocation("ResumeScopeAsync", #"["\#(scope)",\#(position)\#(type)]"#, id: "resume"))
    }

    var replies: [Reply] { self.transport.events.all.replies }

    /// The offsets of the events that were pushed so far.
    var pushed: [Int64] { self.replies.compactMap(\.pushedOffset) }

    /// Whether the hub closed or aborted the connection.
    var hasEnded: Bool { self.transport.events.all.contains(where: \.isEnd) }

    /// Whether the connection is joined to a scope.
    var isMember: Bool { !self.connection.memberships.isEmpty }

    /// The answer to the resume, if it has come.
    var resumed: Resumed? { self.replies.first { $0.invocationID == "resume" }?.resumed }
}

extension Timestamp {
    /// When sample events are said.
    static let sample = Timestamp(millisecondsSinceEpoch: 1_768_473_000_000)
}

/// A replay source whose answers take a while to arrive, and that counts how often it is asked.
final class YieldingSource: ReplaySource {
    private let log: InMemoryEventLog
    private let asked = Locked(0)

    init(_ log: InMemoryEventLog) { self.log = log }

    var count: Int { self.asked.withLock { $0 } }

    func events(
        in scopes: [ChatScope],
        partition: Int32,
        offsets: Range<Int64>,
        limit: Int
    ) async throws(ChatError) -> [EnrichedChatEvent]? {
        self.asked.withLock { $0 += 1 }
        let events = try await self.log.events(in: scopes, partition: partition, offsets: offsets, limit: limit)
        await Task.yield()
        return events
    }
}

extension InMemoryEventLog {
    /// Appends an event of a channel, or of a direct message.
    @discardableResult
    func say(_ text: String, in id: String = "general", _ type: ScopeType = .channel) async throws -> Int64 {
        let scope = ChatScope(type: type, id: ScopeID(unchecked: id))
        return try await self.produce(EnrichedChatEvent.sample(text, in: scope).event, headers: RecordHeaders()).offset
    }
}
