import ChatifyCore
import ChatifyTestKit
import TestSupport
import Testing

@testable import ChatifyRedis

extension WithServer {
    @Suite struct RedisRateLimiterTests {
        private static let key = RateLimitKey(userID: UserID(unchecked: "alice"), endpoint: "SendMessage")
        private static let minute = RateLimitWindow(threshold: 3, length: .seconds(60))
        private static let hour = RateLimitWindow(threshold: 1000, length: .seconds(3600))

        @Test func `Keeps the port's laws`() async throws {
            try await withRedisClient { server, client async throws in
                try await withClient(server.connectionString) { other async throws in
                    #expect(await other.waitUntilReady())
                    await Self.runAll(client, other)
                }
            }
        }

        @Test func `Keeps the port's laws on a cluster`() async throws {
            try await withRedisCluster { _, client async throws in await Self.runAll(client, client) }
        }

        /// All at once, as some of them wait; each has users of its own.
        private static func runAll(_ client: RedisClient, _ other: RedisClient) async {
            let subject = RateLimiterSubject(
                RedisRateLimiter(client),
                wait: { try await Task.sleep(for: $0) },
                another: { RedisRateLimiter(other) }
            )
            await withTaskGroup(of: Void.self) { tasks in
                for check in RateLimiterCheck.all {
                    tasks.addTask { await #expect(throws: Never.self, "\(check)") { try await check.run(on: subject) } }
                }
            }
        }

        @Test func `Keys are to the letter, and a window's end is never moved`() async throws {
            try await withRedisClient { server, client async throws in
                let limiter = RedisRateLimiter(client)
                _ = try await limiter.checkAndIncrement(Self.key, windows: [Self.minute, Self.hour])
                #expect(
                    try await server.cli("KEYS", "*").split(separator: "\n").sorted() == [
                        "rl:alice:SendMessage:3600", "rl:alice:SendMessage:60",
                    ]
                )
                #expect(try await server.cli("TYPE", "rl:alice:SendMessage:60") == "string")
                #expect(try await server.cli("GET", "rl:alice:SendMessage:60") == "1")
                let end = try await server.cli("PEXPIRETIME", "rl:alice:SendMessage:60")
                for _ in 0..<5 { _ = try await limiter.checkAndIncrement(Self.key, windows: [Self.minute]) }
                #expect(try await server.cli("GET", "rl:alice:SendMessage:60") == "3")
                #expect(try await server.cli("PEXPIRETIME", "rl:alice:SendMessage:60") == end)
                #expect((40...60).contains(Int(try await server.cli("TTL", "rl:alice:SendMessage:60")) ?? 0))
            }
        }

        @Test func `A counter that somebody left without an end gets one`() async throws {
            try await withRedisClient { server, client async throws in
                _ = try await server.cli("SET", "rl:alice:SendMessage:60", "3")
                let decision = try await RedisRateLimiter(client).checkAndIncrement(Self.key, windows: [Self.minute])
                #expect(decision == RateLimitDecision(isAllowed: false, count: 3, resetsAfter: .seconds(60)))
                #expect((40...60).contains(Int(try await server.cli("TTL", "rl:alice:SendMessage:60")) ?? 0))
            }
        }

        @Test(arguments: [["LPUSH", "rl:alice:SendMessage:60", "x"], ["SET", "rl:alice:SendMessage:60", "1.5"]])
        func `A key of another kind is a clear error, and counted`(command: [String]) async throws {
            try await withRedisClient { server, client async throws in
                _ = try await server.cli(command[0], command[1], command[2])
                let error = await #expect(throws: ChatError.self) {
                    try await RedisRateLimiter(client).checkAndIncrement(Self.key, windows: [Self.hour, Self.minute])
                }
                #expect(error?.code == .configuration)
                #expect((error?.cause as? RedisError)?.code == .wrongType)
                #expect(client.statistics.unexpectedReplies == 1)
                #expect(try await server.cli("EXISTS", "rl:alice:SendMessage:3600") == "0")
            }
        }

        @Test func `A forgotten script is taught anew`() async throws {
            try await withRedisClient { server, client async throws in
                let limiter = RedisRateLimiter(client)
                for count in 1...3 {
                    #expect(try await limiter.checkAndIncrement(Self.key, windows: [Self.minute]).count == count)
                    _ = try await server.cli("SCRIPT", "FLUSH")
                }
            }
        }

        @Test func `Two hundred callers of three pods share one threshold, window after window`() async throws {
            try await withRedis { server async throws in
                try await withClient(server.connectionString) { first async throws in
                    try await withClient(server.connectionString) { second async throws in
                        try await withClient(server.connectionString) { third async throws in
                            let limiters = [first, second, third].map { RedisRateLimiter($0) }
                            for client in [first, second, third] { #expect(await client.waitUntilReady()) }
                            for _ in 0..<2 {
                                let allowed = try await withThrowingTaskGroup(of: Bool.self) { tasks in
                                    for number in 0..<200 {
                                        tasks.addTask {
                                            let window = RateLimitWindow(threshold: 100, length: .seconds(2))
                                            return try await limiters[number % 3]
                                                .checkAndIncrement(Self.key, windows: [window]).isAllowed
                                        }
                                    }
                                    return try await tasks.reduce(into: 0) { $0 += $1 ? 1 : 0 }
                                }
                                #expect(allowed == 100)
                                while try await server.cli("EXISTS", "rl:alice:SendMessage:2") == "1" {}
                            }
                        }
                    }
                }
            }
        }

        /// Within a window the allowed calls are counted 1, 2, … to the threshold, each number once; so how often a number was seen tells the
        /// windows, whenever they began and whoever called.
        @Test func `Two hundred callers of three processes get the threshold in every window`() async throws {
            try await withRedis { server async throws in
                let threshold = 100
                let seen = try await RedisCallers.run(
                    port: server.port,
                    callers: [67, 67, 66],
                    milliseconds: 3500,
                    threshold: threshold,
                    window: 1
                )
                var times: [Int: Int] = [:]
                for count in seen.flatMap(\.counts) { times[count, default: 0] += 1 }
                let windows = try #require(times[1])
                #expect(windows >= 3)
                #expect(Set(times.keys) == Set(1...threshold))
                // The last window may have been cut short.
                for count in 1...threshold { #expect([windows - 1, windows].contains(times[count] ?? 0)) }
                #expect(seen.allSatisfy { $0.calls > 0 })
                #expect(seen.map(\.calls).reduce(0, +) > windows * threshold)
            }
        }
    }
}
