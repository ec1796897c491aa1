import ChatifyCore
import ChatifyEventLoop
import TestSupport
import Testing

@testable import ChatifyRedis

extension WithServer {
    @Suite struct RedisSubscriberTests {
        private typealias Heard = Recorder<RedisChannelEvent>

        private static func message(_ text: String) -> RedisChannelEvent { .message(Array(text.utf8)) }

        /// Lends a subscriber beside a client of the same server.
        private func withSubscriber(
            _ configuration: RedisConfiguration = .testing,
            log: CapturingLog = CapturingLog(),
            _ body: (RedisServer, RedisClient, RedisSubscriber) async throws -> Void
        ) async throws {
            try await withRedisClient([], configuration) { server, client async throws in
                try await withLoop { loop async throws in
                    let subscriber = RedisSubscriber(
                        server.connectionString,
                        configuration: configuration,
                        loop: loop,
                        logger: log.logger
                    )
                    subscriber.begin()
                    let result: Result<Void, any Error>
                    do {
                        result = .success(try await body(server, client, subscriber))
                    } catch {
                        result = .failure(error)
                    }
                    await subscriber.close()
                    try result.get()
                }
            }
        }

        @Test func `Messages come in order to those who hear the channel`() async throws {
            try await self.withSubscriber { _, client, subscriber async throws in
                let (heard, other) = (Heard(), Heard())
                _ = subscriber.subscribe(to: "news\n{x}", onEvent: heard.record)
                _ = subscriber.subscribe(to: "other", onEvent: other.record)
                await heard.wait(forCount: 1)
                await other.wait(forCount: 1)
                for number in 0..<500 {
                    #expect(try await client.publish(Array("\(number)".utf8), to: "news\n{x}") == 1)
                }
                let expected = [.subscribed] + (0..<500).map { Self.message("\($0)") }
                #expect(await heard.wait(forCount: 501) == expected)
                #expect(other.all == [.subscribed])
            }
        }

        @Test func `Two hear one channel, and each may leave`() async throws {
            try await self.withSubscriber { _, client, subscriber async throws in
                let (first, second) = (Heard(), Heard())
                let one = subscriber.subscribe(to: "news", onEvent: first.record)
                await first.wait(forCount: 1)
                let two = subscriber.subscribe(to: "news", onEvent: second.record)
                await second.wait(forCount: 1)
                #expect(try await client.publish(Array("a".utf8), to: "news") == 1)
                await second.wait(forCount: 2)
                await subscriber.unsubscribe(one)
                await subscriber.unsubscribe(one)
                #expect(try await client.publish(Array("b".utf8), to: "news") == 1)
                #expect(await second.wait(forCount: 3).last == Self.message("b"))
                await subscriber.unsubscribe(two)
                while try await client.publish(Array("c".utf8), to: "news") > 0 {}
                #expect(first.all == [.subscribed, Self.message("a")])
            }
        }

        @Test func `Leaving and coming back quickly ends in being there`() async throws {
            try await self.withSubscriber { _, client, subscriber async throws in
                let heard = Heard()
                for _ in 0..<200 { await subscriber.unsubscribe(subscriber.subscribe(to: "news") { _ in }) }
                _ = subscriber.subscribe(to: "news", onEvent: heard.record)
                await heard.wait(forCount: 1)
                while !heard.all.contains(Self.message("here")) {
                    _ = try await client.publish(Array("here".utf8), to: "news")
                }
            }
        }

        @Test func `A subscription made early, and one after a restart, are both made good`() async throws {
            try await self.withSubscriber { server, client, subscriber async throws in
                let heard = Heard()
                _ = subscriber.subscribe(to: "news", onEvent: heard.record)
                await heard.wait(forCount: 1)
                for round in 1...3 {
                    try await server.restart()
                    await heard.wait { $0.count { $0 == .subscribed } == round + 1 }
                    #expect(await client.waitUntilReady())
                    #expect(try await client.publish(Array("round \(round)".utf8), to: "news") == 1)
                    await heard.wait { $0.last == Self.message("round \(round)") }
                }
            }
        }

        @Test func `A server that freezes is left for a new connection`() async throws {
            let log = CapturingLog()
            try await self.withSubscriber(.impatient, log: log) { server, _, subscriber async throws in
                let heard = Heard()
                _ = subscriber.subscribe(to: "news", onEvent: heard.record)
                await heard.wait(forCount: 1)
                server.setFrozen(true)
                await log.lines.wait { $0.contains { $0.metadata["error"]?.hasPrefix("timed out") == true } }
                let before = heard.all.count
                server.setFrozen(false)
                #expect(await heard.wait(forCount: before + 1).last == .subscribed)
            }
        }
    }
}
