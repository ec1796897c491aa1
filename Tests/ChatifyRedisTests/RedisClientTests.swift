import ChatifyCore
import ChatifyEventLoop
import TestSupport
import Testing

@testable import ChatifyRedis

extension WithServer {
    @Suite struct RedisClientTests {
        @Test func `Any bytes go and come back`() async throws {
            try await withRedisClient { _, client async throws in
                var random = SeededRandom(seed: 5)
                for size in [0, 1, 100, 16_384, 300_000] {
                    let value = random.bytes(size)
                    var set = RedisCommand("SET", "k\r\n\0ey")
                    set.append(bytes: value)
                    #expect(try await client.send(set) == .status("OK"))
                    #expect(try await client.send(RedisCommand("GET", "k\r\n\0ey")) == .string(value))
                }
            }
        }

        @Test func `Every kind of reply`() async throws {
            try await withRedisClient { _, client async throws in
                #expect(try await client.send(RedisCommand("GET", "nothing")) == .null)
                #expect(try await client.send(RedisCommand("INCR", "count")) == .integer(1))
                let script = "return {1, 'two', {false, {ok = 'fine'}}, {err = 'WRONGTYPE inner'}}"
                let expected = RedisReply.array([
                    .integer(1), .string(Array("two".utf8)), .array([.null, .status("fine")]),
                    .error("WRONGTYPE inner"),
                ])
                #expect(try await client.send(RedisCommand("EVAL", script, "0")) == expected)
                #expect(await client.failure("LPUSH", "count", "x") == .wrongType)
                #expect(await client.failure("NONSENSE") == .refused)
            }
        }

        @Test func `Replies of one call are in the order of its commands`() async throws {
            try await withRedisClient { _, client async throws in
                let replies = try await client.send((1...50).map { RedisCommand("INCRBY", "sum", "\($0)") })
                let sums: [Int64] = (1...50).map { $0 * ($0 + 1) / 2 }
                #expect(replies == sums.map { RedisReply.integer($0) })
                #expect(try await client.send([] as [RedisCommand]).isEmpty)
            }
        }

        @Test func `Thousands of tasks each get their own reply`() async throws {
            try await withRedisClient { _, client async throws in
                let right = await withTaskGroup(of: Bool.self) { tasks in
                    for number in 0..<5000 {
                        tasks.addTask {
                            (try? await client.send(RedisCommand("ECHO", "\(number)")))
                                == .string(Array("\(number)".utf8))
                        }
                    }
                    return await tasks.reduce(into: 0) { $0 += $1 ? 1 : 0 }
                }
                #expect(right == 5000)
            }
        }

        @Test func `Calls beyond the bound are refused at once`() async throws {
            var configuration = RedisConfiguration.testing
            configuration.maximumCommandsInFlight = 2
            try await withRedisClient([], configuration) { server, client async throws in
                async let first = client.send(RedisCommand("BLPOP", "list", "0"))
                async let second = client.send(RedisCommand("PING"))
                while client.commandsInFlight < 2 { await Task.yield() }
                #expect(await client.failure("PING") == .overloaded)
                #expect(client.statistics.overloads == 1)
                _ = try await server.cli("RPUSH", "list", "x")
                _ = try await (first, second)
                #expect(await client.failure("PING") == nil)
            }
        }

        @Test func `A cancelled call ends at once, and its late reply harms nobody`() async throws {
            try await withRedisClient { server, client async throws in
                let call = Task { await client.failure("BLPOP", "list", "0") }
                while client.commandsInFlight < 1 { await Task.yield() }
                call.cancel()
                #expect(await call.value == .cancelled)
                _ = try await server.cli("RPUSH", "list", "late")
                #expect(try await client.send(RedisCommand("ECHO", "mine")) == .string(Array("mine".utf8)))
                #expect(client.statistics.losses == 0)

                let before = Task {
                    withUnsafeCurrentTask { $0?.cancel() }
                    return await client.failure("PING")
                }
                #expect(await before.value == .cancelled)
            }
        }

        @Test func `A closed client fails every call and every wait`() async throws {
            try await withRedisClient { _, client async throws in
                async let stuck = client.failure("BLPOP", "list", "0")
                while client.commandsInFlight < 1 { await Task.yield() }
                await client.close()
                #expect(await stuck == .closed)
                #expect(await client.failure("PING") == .closed)
                #expect(await client.waitUntilReady() == false)
                #expect(!client.isReady)
                await client.close()
            }
        }

        @Test func `A loop that ends fails what is under way`() async throws {
            try await withRedis { server async throws in
                let log = CapturingLog()
                try await withLoop { loop async throws in
                    let client = RedisClient(
                        server.connectionString,
                        configuration: .testing,
                        loop: loop,
                        logger: log.logger
                    )
                    client.begin()
                    #expect(await client.waitUntilReady())
                    async let stuck = client.failure("BLPOP", "list", "0")
                    while client.commandsInFlight < 1 { await Task.yield() }
                    await loop.shutdown()
                    #expect(await stuck == .closed)
                    #expect(await client.failure("PING") == .closed)
                    #expect(await client.waitUntilReady() == false)
                }
            }
        }

        @Test func `A client that is dropped closes its connection`() async throws {
            try await withRedisClient { server, watcher async throws in
                func clients() async throws -> Int {
                    try await watcher.send(RedisCommand("CLIENT", "LIST")).text()?.split(separator: "\n").count ?? 0
                }
                try await withLoop { loop async throws in
                    let target = server.connectionString
                    var client: RedisClient? = RedisClient(target, loop: loop, logger: CapturingLog().logger)
                    client?.begin()
                    _ = await client?.waitUntilReady()
                    #expect(try await clients() == 2)
                    client = nil
                    while try await clients() > 1 { try Task.checkCancellation() }
                }
            }
        }

        @Test func `Running ends with its task`() async throws {
            try await withRedis { server async throws in
                try await withLoop { loop async throws in
                    let client = RedisClient(server.connectionString, loop: loop, logger: CapturingLog().logger)
                    let run = Task { await client.run() }
                    #expect(await client.waitUntilReady())
                    run.cancel()
                    await run.value
                    #expect(await client.failure("PING") == .closed)
                }
            }
        }

        @Test func `A wait that is cancelled ends`() async throws {
            try await withLoop { loop async throws in
                let client = RedisClient(
                    RedisConnectionString(host: "127.0.0.1", port: 1),
                    loop: loop,
                    logger: CapturingLog().logger
                )
                let wait = Task { await client.waitUntilReady() }
                wait.cancel()
                #expect(await wait.value == false)
            }
        }

        @Test func `A wait ends with the loop, also during a pause between attempts, and before the client has begun`()
            async throws
        {
            for begins in [true, false] {
                let log = CapturingLog()
                var configuration = RedisConfiguration.testing
                configuration.reconnect.baseDelay = .seconds(3600)
                configuration.reconnect.maximumDelay = .seconds(3600)
                let target = RedisConnectionString(host: "127.0.0.1", port: try RedisServer.freePort())
                try await withLoop { loop async throws in
                    let client = RedisClient(target, configuration: configuration, loop: loop, logger: log.logger)
                    if begins {
                        client.begin()
                        await log.lines.wait(forCount: 1)
                    }
                    let early = Task(executorPreference: loop) { await client.waitUntilReady() }
                    // The loop works in turn: first the task hands its wait over, then the wait is taken.
                    for _ in 0..<2 { await loop.run {} }
                    await loop.shutdown()
                    #expect(await early.value == false)
                    #expect(await client.waitUntilReady() == false)
                    #expect(await client.failure("PING") != nil)
                }
            }
        }

        @Test func `Callers on the loop are served like others`() async throws {
            try await withRedis { server async throws in
                try await withLoop { loop async throws in
                    let client = RedisClient(
                        server.connectionString,
                        configuration: .testing,
                        loop: loop,
                        logger: CapturingLog().logger
                    )
                    client.begin()
                    #expect(await client.waitUntilReady())
                    let right = await withTaskGroup(of: Bool.self) { tasks in
                        for number in 0..<2000 {
                            tasks.addTask(executorPreference: number % 3 == 0 ? nil : loop) {
                                let echo = try? await client.send(RedisCommand("ECHO", "\(number)"))
                                return echo == .string(Array("\(number)".utf8))
                            }
                        }
                        return await tasks.reduce(into: 0) { $0 += $1 ? 1 : 0 }
                    }
                    #expect(right == 2000)
                    #expect(client.commandsInFlight == 0)
                    let stuck = Task(executorPreference: loop) { await client.failure("BLPOP", "list", "0") }
                    while client.commandsInFlight < 1 { await Task.yield() }
                    stuck.cancel()
                    #expect(await stuck.value == .cancelled)
                    await client.close()
                    #expect(await Task(executorPreference: loop) { await client.failure("PING") }.value == .closed)
                }
            }
        }

        @Test func `Passwords, users and databases`() async throws {
            try await withRedis(["--requirepass", "s3cret"]) { server async throws in
                _ = try await server.cli(
                    "-a",
                    "s3cret",
                    "--no-auth-warning",
                    "ACL",
                    "SETUSER",
                    "bob",
                    "on",
                    ">pw of b",
                    "~*",
                    "+@all"
                )
                let texts = [
                    "127.0.0.1:\(server.port),password=s3cret,defaultDatabase=3",
                    "redis://bob:pw%20of%20b@127.0.0.1:\(server.port)/3",
                ]
                for text in texts {
                    try await withClient(try RedisConnectionString(text)) { client async throws in
                        #expect(await client.waitUntilReady())
                        let info = try await client.send(RedisCommand("CLIENT", "INFO")).text() ?? ""
                        #expect(info.contains(" db=3 "))
                    }
                }
            }
        }

        @Test(arguments: [nil, "wrong"])
        func `A refused login is named, and nothing else is sent`(password: String?) async throws {
            try await withRedis(["--requirepass", "s3cret"]) { server async throws in
                var target = server.connectionString
                target.password = password
                let log = CapturingLog()
                try await withClient(target, log: log) { client async throws in
                    await log.lines.wait { $0.count >= 3 }
                    #expect(await client.failure("PING") == .loginRefused)
                    #expect(client.lastFailure?.code == .loginRefused)
                    #expect(!client.isReady)
                    #expect(log.warnings.map(\.message) == ["Redis is out of reach"])
                    #expect(
                        !log.lines.all.contains {
                            $0.metadata.values.contains { $0.contains("s3cret") || $0.contains("wrong ") }
                        }
                    )
                }
            }
        }

        @Test func `A host that does not answer to its name is out of reach`() async throws {
            let log = CapturingLog()
            let host = String(repeating: "x", count: 64)
            try await withClient(RedisConnectionString(host: host), log: log) { client async throws in
                await log.lines.wait { $0.count >= 2 }
                #expect(await client.failure("PING") == .unreachable)
                #expect(log.warnings.first?.metadata["error"]?.contains("looking up") == true)
            }
        }
    }
}
