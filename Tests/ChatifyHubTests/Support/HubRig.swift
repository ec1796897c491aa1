import ChatifyCore
import ChatifyEventLoop
import TestSupport
import Testing

@testable import ChatifyHub

/// A hub with one shard on a loop of its own, between fakes.
struct HubRig: Sendable {
    let loop: EventLoop
    let hub: ChatHub
    let shard: EventLoopBound<HubShard>
    let producer: FakeProducer
    let history: InMemoryHistoryRepository
    let presence: FakePresence
    let log: CapturingLog

    /// Opens a connection and shakes hands.
    func connect(
        _ user: String = "alice",
        token: String? = nil,
        framing: HubFraming = .none
    ) async throws -> HubClient {
        let client = try await self.attach(user, token: token, framing: framing)
        await client.send(#"{"protocol":"json","version":1}"#)
        await client.wait(forRecords: 1)
        return client
    }

    /// Opens a connection that has sent nothing yet.
    func attach(
        _ user: String = "alice",
        token: String? = nil,
        framing: HubFraming = .none
    ) async throws -> HubClient {
        let admission = try await self.hub.attach(token: token, bearerToken: nil, claimedUser: user)
        return await self.connect(admission, framing: framing)
    }

    /// Opens the connection of an admission.
    func connect(_ admission: HubAdmission, framing: HubFraming) async -> HubClient {
        await self.loop.run { [loop, shard] in
            let transport = FakeTransport()
            let connection = shard.value.connect(transport, as: admission, framing: framing)
            return HubClient(
                loop: loop,
                id: connection.id,
                events: transport.events,
                transport: EventLoopBound(transport, loop: loop),
                connection: EventLoopBound(connection, loop: loop),
                token: admission.token
            )
        }
    }

    /// Delivers events of the log, numbered from `first`, to the channel of that name.
    func deliver(_ texts: String..., to scope: ChatScope = .channel(ScopeID(unchecked: "general"))) async {
        await self.hub.receive(texts.enumerated().map { .sample($1, in: scope, offset: Int64($0)) })
    }

    var connectionCount: Int {
        get async { await self.loop.run { [shard] in shard.value.connectionCount } }
    }
}

/// Lends a hub, and ends its loop afterwards.
func withHub(
    _ configuration: HubConfiguration = HubConfiguration(),
    sendThreshold: Int = 0,
    _ body: (HubRig) async throws -> Void
) async throws {
    let (producer, presence, log) = (FakeProducer(), FakePresence(), CapturingLog())
    let history = InMemoryHistoryRepository()
    let pod = try EnvironmentPodIdentity(environment: ["POD_NAME": "pod-0"])
    var chatConfiguration = ChatServiceConfiguration()
    chatConfiguration.sendThreshold = sendThreshold
    let chat = ChatService(
        producer: producer,
        history: history,
        limiter: InMemoryRateLimiter(clock: .system),
        authorizer: ParticipantScopeAuthorizer(),
        podIdentity: pod,
        configuration: chatConfiguration,
        logger: log.logger
    )
    let hub = ChatHub(
        chat: chat,
        presence: presence,
        authenticator: DevelopmentAuthenticator(),
        podIdentity: pod,
        configuration: configuration,
        logger: log.logger
    )
    let loop = try EventLoop(name: "hub-test")
    let shard = await loop.run { EventLoopBound(hub.makeShard(on: loop), loop: loop) }
    let rig = HubRig(
        loop: loop,
        hub: hub,
        shard: shard,
        producer: producer,
        history: history,
        presence: presence,
        log: log
    )
    let result: Result<Void, any Error>
    do {
        result = .success(try await body(rig))
    } catch {
        result = .failure(error)
    }
    producer.release()
    // Connections and their shard hold each other until they are closed.
    await loop.run { _ = shard.value.drain(atMost: .max) }
    hub.removeShards()
    await loop.shutdown()
    try result.get()
}

extension EnrichedChatEvent {
    static func sample(_ text: String, in scope: ChatScope, offset: Int64 = 0) -> EnrichedChatEvent {
        let event = ChatEvent(
            messageID: MessageID(high: 0, low: UInt64(offset)),
            scope: scope,
            senderID: UserID(unchecked: "bob"),
            text: text,
            createdAt: Timestamp(millisecondsSinceEpoch: 1_768_473_000_000),
            originPodID: PodID(unchecked: "pod-0")
        )
        return EnrichedChatEvent(event: event, position: LogPosition(partition: 0, offset: offset))
    }
}
