internal import ChatifyCore
internal import ChatifyEventLoop
internal import ChatifyRedis
internal import ChatifyServer
internal import Logging

extension ServerConfiguration {
    /// The Redis server to use, if one is set.
    /// - Throws: ``ChatError`` with code `configuration` and one line that does not show the password.
    func redis() throws(ChatError) -> RedisConnectionString? {
        guard let text = self.cachingConnectionString else { return nil }
        do throws(ChatError) {
            return try RedisConnectionString(text)
        } catch {
            throw ChatError(.configuration, "Chatify:Caching:ConnectionString: \(error.message)", cause: error)
        }
    }
}

extension ChatAdapters {
    /// Keeps presence and limits in Redis, where all pods see them.
    ///
    /// Readiness needs Redis only if sends do, that is, if limits fail closed.
    mutating func share(
        through server: RedisConnectionString,
        _ configuration: ServerConfiguration,
        _ logger: Logger
    ) async throws(ChatError) {
        let loop: EventLoop
        do throws(EventLoopError) {
            loop = try EventLoop(name: "chatify-redis")
        } catch {
            throw ChatError(.configuration, "cannot start an event loop: \(error.message)", cause: error)
        }
        let client = RedisClient(server, loop: loop, logger: logger)
        let presence = RedisPresenceService(client)
        self.presence = presence
        self.limiter = RedisRateLimiter(client)
        self.background.append { await client.run() }
        self.healthChecks.append(
            HealthCheck(name: "presence and limits (Redis)", isRequired: !configuration.chat.failsOpen) {
                try await presence.checkWriting()
            }
        )
        self.closing { await loop.shutdown() }
        await client.begin(waitingAtMost: .seconds(1))
    }
}

extension RedisClient {
    /// Connects before the first of our clients comes, who would be missed; waits for an answer, but not for long.
    fileprivate func begin(waitingAtMost limit: Duration) async {
        self.begin()
        await withTaskGroup { group in
            group.addTask { _ = await self.waitUntilReady() }
            group.addTask { try? await Task.sleep(for: limit) }
            await group.next()
            group.cancelAll()
        }
    }
}
