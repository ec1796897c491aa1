// The hub served by swift-nio: everything in memory, and whoever connects is who they say they are.
import ChatifyCore
import ChatifyHub
import Dispatch
import Foundation
import Logging
import NIOCore
import NIOPosix

@main
struct NIOHost {
    private typealias Shards = [ObjectIdentifier: NIOLoopBound<HubShard>]

    static func main() async throws {
        let logger = Logger(label: "nio-host", factory: { StreamLogHandler.standardError(label: $0) })
        let log = InMemoryEventLog()
        let consumer = log.makeConsumer(group: "live", startingAt: .end, commits: .automatic)
        let hub = try self.makeHub(over: log, logger)
        let shards = try await self.makeShards(of: hub)
        let server = try await self.listen(hub, shards)
        print("nio-host listening on http://127.0.0.1:\(server.localAddress?.port ?? 0)")
        fflush(nil)
        await withDiscardingTaskGroup { group in
            group.addTask { await BroadcastService(consumer: consumer, subscriber: hub, logger: logger).run() }
            await self.signalToStop()
            try? await server.close()
            for shard in shards.values { await self.drain(shard) }
            await hub.presenceIsReported()
            group.cancelAll()
        }
        hub.removeShards()
    }

    private static func makeHub(over log: InMemoryEventLog, _ logger: Logger) throws -> ChatHub {
        let pod = try EnvironmentPodIdentity(environment: ProcessInfo.processInfo.environment)
        let chat = ChatService(
            producer: log,
            history: InMemoryHistoryRepository(),
            limiter: InMemoryRateLimiter(clock: .system),
            authorizer: ParticipantScopeAuthorizer(),
            podIdentity: pod,
            logger: logger
        )
        var configuration = HubConfiguration()
        configuration.transports = [.webSockets]
        return ChatHub(
            chat: chat,
            presence: InMemoryPresenceService(clock: .system),
            authenticator: DevelopmentAuthenticator(),
            podIdentity: pod,
            replaySource: log,
            configuration: configuration,
            logger: logger
        )
    }

    /// One shard per loop, with a tick a second for keep-alive and time-outs.
    private static func makeShards(of hub: ChatHub) async throws -> Shards {
        var shards: Shards = [:]
        for loop in MultiThreadedEventLoopGroup.singleton.makeIterator() {
            shards[ObjectIdentifier(loop)] = try await loop.submit {
                let shard = NIOLoopBound(hub.makeShard(on: LoopExecutor(loop)), eventLoop: loop)
                loop.scheduleRepeatedTask(initialDelay: .seconds(1), delay: .seconds(1)) { _ in
                    shard.value.tick()
                    hub.expireNegotiations()
                }
                return shard
            }.get()
        }
        return shards
    }

    private static func listen(_ hub: ChatHub, _ shards: Shards) async throws -> any Channel {
        try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    guard let shard = shards[ObjectIdentifier(channel.eventLoop)] else { throw ChannelError.eof }
                    try HubEndpoint(hub: hub, shard: shard.value).configure(channel)
                }
            }
            .bind(host: "127.0.0.1", port: CommandLine.arguments.dropFirst().first.flatMap(Int.init) ?? 8080)
            .get()
    }

    /// Returns when the process is asked to end.
    private static func signalToStop() async {
        signal(SIGTERM, SIG_IGN)
        let source = DispatchSource.makeSignalSource(signal: SIGTERM)
        let signals = AsyncStream<Void> { stream in source.setEventHandler { stream.finish() } }
        source.activate()
        for await _ in signals {}
        source.cancel()
    }

    /// Asks clients to go elsewhere and waits until they have, for ten seconds at most.
    private static func drain(_ shard: NIOLoopBound<HubShard>) async {
        let deadline = ContinuousClock.now + .seconds(10)
        while ContinuousClock.now < deadline {
            let asking = shard.eventLoop.submit { (shard.value.drain(atMost: .max), shard.value.connectionCount).1 }
            guard let count = try? await asking.get(), count > 0 else { return }
            try? await Task.sleep(for: .milliseconds(20))
        }
    }
}
