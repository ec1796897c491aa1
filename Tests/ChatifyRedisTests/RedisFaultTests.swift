import ChatifyCore
import ChatifyTestKit
import TestSupport
import Testing

@testable import ChatifyRedis

/// What each fault costs, and that all heal without a restart of ours.
extension WithServer {
    @Suite struct RedisFaultTests {
        private static let key = RateLimitKey(userID: UserID(unchecked: "alice"), endpoint: "SendMessage")
        private static let alice = UserID(unchecked: "alice")
        private static let transient: Set<RedisError.Code> = [.unreachable, .connectionLost, .timedOut]

        @Test func `Killed and restarted in the midst of traffic`() async throws {
            let log = CapturingLog()
            try await withRedisClient(log: log) { server, client async throws in
                let (stop, codes, answered) = (Locked(false), Locked<Set<RedisError.Code>>([]), Locked(0))
                try await withThrowingTaskGroup(of: Void.self) { tasks in
                    for _ in 0..<4 {
                        tasks.addTask {
                            while !stop.withLock({ $0 }), !Task.isCancelled {
                                if let code = await client.failure("PING") {
                                    codes.withLock { _ = $0.insert(code) }
                                    await Task.yield()
                                } else {
                                    answered.withLock { $0 += 1 }
                                }
                            }
                        }
                    }
                    for _ in 0..<3 {
                        let before = answered.withLock { $0 }
                        while answered.withLock({ $0 }) < before + 100 { try await Task.sleep(for: .milliseconds(1)) }
                        await server.kill()
                        await log.lines.wait { $0.last?.message == "Redis is still out of reach" }
                        #expect(await client.failure("PING") == .unreachable)
                        try await server.restart()
                        #expect(await client.waitUntilReady())
                    }
                    stop.withLock { $0 = true }
                    try await tasks.waitForAll()
                }
                #expect(codes.withLock { $0 }.isSubset(of: Self.transient))
                #expect(codes.withLock { $0 }.contains(.unreachable))
                #expect(log.warnings.map(\.message) == Array(repeating: "Redis is out of reach", count: 3))
                #expect(log.notices.map(\.message) == Array(repeating: "Redis is in reach again", count: 3))
            }
        }

        @Test func `A frozen server is noticed by the deadline and used again when it thaws`() async throws {
            let log = CapturingLog()
            try await withRedisClient([], .impatient, log: log) { server, client async throws in
                server.setFrozen(true)
                let failures = await withTaskGroup(of: RedisError.Code?.self) { tasks in
                    for _ in 0..<50 { tasks.addTask { await client.failure("PING") } }
                    return await tasks.reduce(into: []) { $0.insert($1) } as Set<RedisError.Code?>
                }
                #expect(failures.isSubset(of: [.timedOut, .unreachable]) && failures.contains(.timedOut))
                // The kernel still takes connections, so only the greeting shows that nobody is there.
                await log.lines.wait { lines in lines.count { $0.message == "Redis is still out of reach" } >= 2 }
                #expect(!client.isReady)
                #expect(await client.failure("PING") == .unreachable)
                server.setFrozen(false)
                #expect(try await client.eventually("PING") == .status("PONG"))
                #expect(log.warnings.count == 1 && log.notices.count == 1)
            }
        }

        @Test func `A paused server is noticed by the deadline`() async throws {
            try await withRedisClient([], .impatient) { server, client async throws in
                _ = try await server.cli("CLIENT", "PAUSE", "3000", "ALL")
                #expect(await client.failure("PING") == .timedOut)
                #expect(await client.failure("PING") == .unreachable)
                #expect(try await client.eventually("PING") == .status("PONG"))
            }
        }

        @Test func `After FLUSHALL the next heartbeat brings presence back, and limits begin anew`() async throws {
            try await withRedisClient { server, client async throws in
                let (presence, limiter) = (RedisPresenceService(client), RedisRateLimiter(client))
                let connection = PresentConnection("alice", "c1")
                try await presence.checkWriting()
                #expect(try await server.cli("DBSIZE") == "0")
                try await presence.setOnline(connection)
                try await presence.checkWriting()
                #expect(try await server.cli("ZRANGE", "presence:online", "0", "-1") == "alice")
                _ = try await limiter.checkAndIncrement(Self.key, threshold: 1, window: .seconds(60))
                _ = try await server.cli("FLUSHALL")
                #expect(try await presence.connections(of: Self.alice).isEmpty)
                let transition = PresenceTransition(userID: Self.alice, isOnline: true)
                #expect(try await presence.heartbeat([connection]) == [transition])
                #expect(try await presence.connections(of: Self.alice) == [connection])
                #expect(try await limiter.checkAndIncrement(Self.key, threshold: 1, window: .seconds(60)).isAllowed)
            }
        }

        @Test func `Scripts forgotten in the midst of traffic cost nothing`() async throws {
            try await withRedisClient { server, client async throws in
                let limiter = RedisRateLimiter(client)
                try await withThrowingTaskGroup(of: Bool.self) { tasks in
                    for _ in 0..<8 {
                        tasks.addTask {
                            for _ in 0..<200 {
                                _ = try await limiter.checkAndIncrement(
                                    Self.key,
                                    threshold: 100_000,
                                    window: .seconds(60)
                                )
                            }
                            return true
                        }
                    }
                    for _ in 0..<10 { _ = try await server.cli("SCRIPT", "FLUSH") }
                    try await tasks.waitForAll()
                }
                #expect(try await server.cli("GET", "rl:alice:SendMessage:60") == "1600")
            }
        }

        @Test func `Without memory writes are unavailable and reads go on`() async throws {
            try await withRedisClient(["--maxmemory-policy", "noeviction"]) { server, client async throws in
                let (presence, limiter) = (RedisPresenceService(client), RedisRateLimiter(client))
                try await presence.setOnline(PresentConnection("alice", "c1"))
                _ = try await server.cli("CONFIG", "SET", "maxmemory", "1")
                let writes: [@Sendable () async throws -> Void] = [
                    { _ = try await presence.setOnline(PresentConnection("alice", "c2")) },
                    { _ = try await presence.heartbeat([PresentConnection("alice", "c1")]) },
                    { _ = try await limiter.checkAndIncrement(Self.key, threshold: 1, window: .seconds(60)) },
                    { try await presence.checkWriting() },
                ]
                for write in writes {
                    let error = await #expect(throws: ChatError.self) { try await write() }
                    #expect(error?.code == .unavailable)
                    #expect((error?.cause as? RedisError)?.message.hasPrefix("OOM ") == true)
                }
                #expect(try await presence.connections(of: Self.alice).map(\.connectionID.rawValue) == ["c1"])
                try await presence.setOffline(PresentConnection("alice", "c1"))
                #expect(client.isReady)
                _ = try await server.cli("CONFIG", "SET", "maxmemory", "0")
                for write in writes { try await write() }
            }
        }

        @Test func `A changed password is named, and healed by changing it back`() async throws {
            try await withRedis(["--requirepass", "pass-one"]) { server async throws in
                let log = CapturingLog()
                var target = server.connectionString
                target.password = "pass-one"
                try await withClient(target, log: log) { client async throws in
                    #expect(await client.waitUntilReady())
                    _ = try await server.cli(
                        "-a",
                        "pass-one",
                        "--no-auth-warning",
                        "CONFIG",
                        "SET",
                        "requirepass",
                        "pass-two"
                    )
                    // Connections that are logged in stay so; the next one is refused.
                    #expect(await client.failure("PING") == nil)
                    _ = try await server.cli("-a", "pass-two", "--no-auth-warning", "CLIENT", "KILL", "TYPE", "normal")
                    await log.lines.wait { $0.contains { $0.metadata["error"]?.hasPrefix("login refused") == true } }
                    #expect(await client.failure("PING") == .loginRefused)
                    let error = await #expect(throws: ChatError.self) {
                        try await RedisRateLimiter(client).checkAndIncrement(
                            Self.key,
                            threshold: 1,
                            window: .seconds(1)
                        )
                    }
                    #expect(error?.code == .unavailable)
                    _ = try await server.cli(
                        "-a",
                        "pass-two",
                        "--no-auth-warning",
                        "CONFIG",
                        "SET",
                        "requirepass",
                        "pass-one"
                    )
                    #expect(try await client.eventually("PING") == .status("PONG"))
                    #expect(log.warnings.count == 1 && log.notices.count == 1)
                    let text = log.lines.all.flatMap(\.metadata.values).joined()
                    #expect(!text.contains("pass-"))
                }
            }
        }

        @Test func `A connection that is cut is made anew`() async throws {
            try await withRedisClient { server, client async throws in
                for _ in 0..<5 {
                    _ = try await server.cli("CLIENT", "KILL", "TYPE", "normal")
                    #expect(try await client.eventually("PING") == .status("PONG"))
                }
                #expect(client.statistics.connections > 1)
                #expect(client.statistics.losses >= client.statistics.connections - 1)
            }
        }

        @Test func `A crashed pod's users are taken offline by another pod`() async throws {
            try await withRedis { server async throws in
                try await withClient(server.connectionString) { crashing async throws in
                    #expect(await crashing.waitUntilReady())
                    let presence = RedisPresenceService(crashing, expiry: .seconds(3))
                    try await presence.heartbeat([PresentConnection("alice", "c1"), PresentConnection("bob", "c2")])
                }
                try await withClient(server.connectionString) { client async throws in
                    #expect(await client.waitUntilReady())
                    let presence = RedisPresenceService(client, expiry: .seconds(3))
                    let living = PresentConnection("alice", "c3", pod: "pod-2")
                    var gone: [PresenceTransition] = []
                    while gone.isEmpty {
                        try await presence.heartbeat([living])
                        gone += try await presence.dropExpired(atMost: 10)
                        try await Task.sleep(for: .milliseconds(50))
                    }
                    #expect(gone == [PresenceTransition(userID: UserID(unchecked: "bob"), isOnline: false)])
                    #expect(try await presence.connections(of: Self.alice) == [living])
                }
            }
        }
    }
}
