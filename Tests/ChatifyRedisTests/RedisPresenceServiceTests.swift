import ChatifyCore
import ChatifyTestKit
import TestSupport
import Testing

@testable import ChatifyRedis

extension WithServer {
    @Suite struct RedisPresenceServiceTests {
        private static let alice = UserID(unchecked: "alice")

        /// All at once, each in a database of its own, as most of them wait.
        @Test func `Keeps the port's laws`() async throws {
            try await withRedis(["--databases", "\(PresenceServiceCheck.all.count)"]) { server async throws in
                await withTaskGroup(of: Void.self) { tasks in
                    for (database, check) in PresenceServiceCheck.all.enumerated() {
                        var target = server.connectionString
                        target.database = database
                        tasks.addTask { [target] in await Self.run(check, on: target) }
                    }
                }
            }
        }

        /// The service and that of a second pod, each with a client of its own.
        private static func run(_ check: PresenceServiceCheck, on target: RedisConnectionString) async {
            await #expect(throws: Never.self, "\(check)") {
                try await withClient(target) { first async throws in
                    try await withClient(target) { second async throws in
                        for client in [first, second] { #expect(await client.waitUntilReady()) }
                        let expiry = Duration.seconds(check.requires.contains(.time) ? 3 : 60)
                        let services = [first, second].map { RedisPresenceService($0, expiry: expiry) }
                        let subject = PresenceServiceSubject(
                            services[0],
                            wait: { try await Task.sleep(for: $0) },
                            another: { services[1] }
                        )
                        try await check.run(on: subject)
                        #expect(first.statistics.unexpectedReplies + second.statistics.unexpectedReplies == 0)
                    }
                }
            }
        }

        @Test func `Keeps the port's laws on a cluster`() async throws {
            try await withRedisCluster { server, client async throws in
                // What time does, and between pods, is the same there.
                for check in PresenceServiceCheck.all where check.requires.isEmpty {
                    _ = try await server.cli("FLUSHALL")
                    await #expect(throws: Never.self, "\(check)") {
                        let service = RedisPresenceService(client)
                        try await check.run(
                            on: PresenceServiceSubject(service, wait: { try await Task.sleep(for: $0) })
                        )
                    }
                }
            }
        }

        @Test func `Many users are looked up at once`() async throws {
            try await withRedisClient { _, client async throws in
                let service = RedisPresenceService(client)
                let users = (0..<600).map { UserID(unchecked: "user-\($0)") }
                for name in ["user-3", "user-599", "stranger"] {
                    try await service.setOnline(PresentConnection(name, "conn"))
                }
                #expect(try await service.onlineUsers(among: users) == [users[3], users[599]])
                #expect(try await service.onlineUsers(among: []).isEmpty)
            }
        }

        @Test func `Keys, members and expiries are to the letter`() async throws {
            try await withRedisClient { server, client async throws in
                let service = RedisPresenceService(client)
                let connection = PresentConnection("alice", "conn1", pod: "pod-a")
                try await service.setOnline(connection)
                let now = Int(try await server.cli("TIME").split(separator: "\n")[0]) ?? 0
                #expect(try await server.cli("TYPE", "presence:user:alice") == "zset")
                #expect(try await server.cli("ZRANGE", "presence:user:alice", "0", "-1") == "pod-a:conn1")
                let score = try await server.cli("ZSCORE", "presence:user:alice", "pod-a:conn1")
                #expect((now - 2...now).contains(Int(score) ?? 0))
                #expect(try await server.cli("TYPE", "route:alice:conn1") == "string")
                #expect(try await server.cli("GET", "route:alice:conn1") == "pod-a")
                for key in ["presence:user:alice", "route:alice:conn1"] {
                    #expect((40...60).contains(Int(try await server.cli("TTL", key)) ?? 0))
                    _ = try await server.cli("EXPIRE", key, "5")
                }
                try await service.heartbeat([connection])
                for key in ["presence:user:alice", "route:alice:conn1"] {
                    #expect((40...60).contains(Int(try await server.cli("TTL", key)) ?? 0))
                }
                #expect(
                    try await server.cli("KEYS", "*").split(separator: "\n").sorted() == [
                        "presence:online", "presence:user:alice", "route:alice:conn1",
                    ]
                )
                try await service.setOffline(connection)
                #expect(try await server.cli("KEYS", "*").isEmpty)
            }
        }

        @Test func `A member older than the expiry is dropped by a write and ignored by a read`() async throws {
            try await withRedisClient { server, client async throws in
                let service = RedisPresenceService(client)
                let now = Int(try await server.cli("TIME").split(separator: "\n")[0]) ?? 0
                for (member, age) in [("p:old", 70), ("p:young", 50)] {
                    _ = try await server.cli("ZADD", "presence:user:alice", "\(now - age)", member)
                }
                #expect(try await service.connections(of: Self.alice).map(\.connectionID.rawValue) == ["young"])
                #expect(try await server.cli("ZCARD", "presence:user:alice") == "2")
                try await service.setOnline(PresentConnection("alice", "new", pod: "p"))
                #expect(try await server.cli("ZRANGE", "presence:user:alice", "0", "-1") == "p:young\np:new")
            }
        }

        @Test func `What other programs wrote is left out or a clear error, and counted`() async throws {
            try await withRedisClient { server, client async throws in
                let service = RedisPresenceService(client)
                try await service.setOnline(PresentConnection("alice", "c1"))
                let now = try await server.cli("TIME").split(separator: "\n")[0]
                for member in ["nonsense", ":c2", "pod:"] {
                    _ = try await server.cli("ZADD", "presence:user:alice", "\(now)", member)
                }
                #expect(try await service.connections(of: Self.alice) == [PresentConnection("alice", "c1")])
                #expect(client.statistics.unexpectedReplies == 3)

                for key in ["presence:user:alice", "route:alice:c1", "presence:online"] {
                    _ = try await server.cli("DEL", key)
                    _ = try await server.cli("LPUSH", key, "x")
                }
                let calls: [@Sendable () async throws -> Void] = [
                    { _ = try await service.connections(of: Self.alice) },
                    { _ = try await service.setOnline(PresentConnection("alice", "c1")) },
                    { _ = try await service.setOffline(PresentConnection("alice", "c1")) },
                    { _ = try await service.route(of: Self.alice, connection: ConnectionID(unchecked: "c2")) },
                    { _ = try await service.onlineUserCount() },
                    { _ = try await service.dropExpired(atMost: 1) },
                    { try await service.checkWriting() },
                ]
                _ = try await server.cli("LPUSH", "route:alice:c2", "x")
                for call in calls {
                    let error = await #expect(throws: ChatError.self) { try await call() }
                    #expect(error?.code == .configuration)
                    #expect((error?.cause as? RedisError)?.code == .wrongType)
                }
                #expect(client.statistics.unexpectedReplies == 3 + calls.count)
            }
        }

        @Test func `Ten thousand connections are renewed in twenty goes`() async throws {
            try await withRedisClient { server, client async throws in
                let service = RedisPresenceService(client)
                let connections = (0..<10_000).map { PresentConnection("user-\($0 / 2)", "c\($0)") }
                #expect(try await service.heartbeat(connections).count == 5000)
                #expect(try await service.heartbeat(connections).isEmpty)
                #expect(try await service.onlineUserCount() == 5000)
                #expect(try await server.cli("DBSIZE") == "15001")
            }
        }
    }
}
