import ChatifyCore
import ChatifyEventLoop
import Foundation
import TestSupport
import Testing

@testable import ChatifyRedis

/// Lends a server, and ends it afterwards.
func withRedis(_ arguments: [String] = [], _ body: (RedisServer) async throws -> Void) async throws {
    let server = try await RedisServer(arguments)
    let result: Result<Void, any Error>
    do {
        result = .success(try await body(server))
    } catch {
        result = .failure(error)
    }
    await server.kill()
    try result.get()
}

/// Lends a loop, and checks that it ends cleanly.
func withLoop(_ body: (EventLoop) async throws -> Void) async throws {
    let loop = try EventLoop(name: "redis-test")
    let result: Result<Void, any Error>
    do {
        result = .success(try await body(loop))
    } catch {
        result = .failure(error)
    }
    await loop.shutdown()
    #expect(loop.loopCloseStatus == 0)
    try result.get()
}

/// Lends a client that has begun, and closes it afterwards; nothing may be in flight then.
func withClient(
    _ server: RedisConnectionString,
    _ configuration: RedisConfiguration = .testing,
    log: CapturingLog = CapturingLog(),
    _ body: (RedisClient) async throws -> Void
) async throws {
    try await withLoop { loop async throws in
        let client = RedisClient(server, configuration: configuration, loop: loop, logger: log.logger)
        client.begin()
        let result: Result<Void, any Error>
        do {
            result = .success(try await body(client))
        } catch {
            result = .failure(error)
        }
        await client.close()
        #expect(client.commandsInFlight == 0)
        try result.get()
    }
}

/// Lends a server and a client that is ready.
func withRedisClient(
    _ arguments: [String] = [],
    _ configuration: RedisConfiguration = .testing,
    log: CapturingLog = CapturingLog(),
    _ body: (RedisServer, RedisClient) async throws -> Void
) async throws {
    try await withRedis(arguments) { server async throws in
        try await withClient(server.connectionString, configuration, log: log) { client async throws in
            try #require(await client.waitUntilReady())
            try await body(server, client)
        }
    }
}

extension RedisConfiguration {
    /// Reconnects within milliseconds, and has patience with a busy machine.
    static var testing: RedisConfiguration {
        var configuration = RedisConfiguration()
        configuration.connectTimeout = .seconds(20)
        configuration.commandTimeout = .seconds(20)
        configuration.reconnect.baseDelay = .milliseconds(5)
        configuration.reconnect.maximumDelay = .milliseconds(20)
        return configuration
    }

    /// Gives up on a silent server soon, too.
    static var impatient: RedisConfiguration {
        var configuration = RedisConfiguration.testing
        configuration.connectTimeout = .seconds(1)
        configuration.commandTimeout = .seconds(1)
        configuration.keepAlive = .milliseconds(50)
        return configuration
    }
}

extension RedisClient {
    /// The failure of a command, or nil if it has none.
    func failure(_ words: String...) async -> RedisError.Code? {
        var command = RedisCommand()
        for word in words { command.append(word) }
        do {
            _ = try await self.send(command)
            return nil
        } catch {
            return error.code
        }
    }

    /// Tries a command until it succeeds; the test's time limit bounds it.
    func eventually(_ words: String...) async throws -> RedisReply {
        var command = RedisCommand()
        for word in words { command.append(word) }
        while true {
            try Task.checkCancellation()
            _ = await self.waitUntilReady()
            if let reply = try? await self.send(command) { return reply }
        }
    }
}

/// Lends a cluster of one node that serves all slots, which refuses scripts over several slots as every cluster does.
func withRedisCluster(_ body: (RedisServer, RedisClient) async throws -> Void) async throws {
    try await withTemporaryDirectory { path async throws in
        let bus = "\(try RedisServer.freePort())"
        let arguments = ["--cluster-enabled", "yes", "--cluster-port", bus, "--dir", path]
        try await withRedisClient(arguments) { server, client async throws in
            _ = try await server.cli("CLUSTER", "ADDSLOTSRANGE", "0", "16383")
            while try await client.send(RedisCommand("CLUSTER", "INFO")).text()?.contains("cluster_state:ok") != true {
                try await Task.sleep(for: .milliseconds(5))
            }
            try await body(server, client)
        }
    }
}
