public import ChatifyCore

/// A rate limiter that all pods on one Redis server share (contracts §6).
///
/// A call is one script. On a Redis Cluster, where a script may touch one slot only, several windows are asked one after the other, and
/// those that had counted the call give it back when a later one refuses: never more calls than allowed pass, though one may be
/// refused that a single step would have let through.
public final class RedisRateLimiter: RateLimiter {
    private let client: RedisClient
    /// The server has said that the keys of several windows lie in several slots.
    private let isCluster = Locked(false)

    /// Makes a limiter over a client, which its owner runs.
    public init(_ client: RedisClient) { self.client = client }

    /// Counts one call if it is within every threshold.
    public func checkAndIncrement(
        _ key: RateLimitKey,
        windows: [RateLimitWindow]
    ) async throws(ChatError) -> RateLimitDecision {
        try key.validate(windows)
        do {
            return try await self.judge(key, windows)
        } catch {
            throw self.client.noted(error).chatError(during: "Counting a call")
        }
    }

    private func judge(_ key: RateLimitKey, _ windows: [RateLimitWindow]) async throws(RedisError) -> RateLimitDecision
    {
        guard windows.count > 1, !self.isCluster.withLock({ $0 }) else {
            return try await self.judgeInTurn(key, windows)
        }
        let reply = try await self.client.run(Self.takeStep(key, windows))
        if case .error(let text) = reply, text.contains("CROSSSLOT") {
            self.isCluster.withLock { $0 = true }
            return try await self.judgeInTurn(key, windows)
        }
        let taken = try Taken(reply, windows)
        return RateLimitDecision(isAllowed: taken.isAllowed, of: taken.counts)
    }

    private func judgeInTurn(
        _ key: RateLimitKey,
        _ windows: [RateLimitWindow]
    ) async throws(RedisError) -> RateLimitDecision {
        var counts: [RateLimitDecision.Count] = []
        for (index, window) in windows.enumerated() {
            let taken = try Taken(try await self.client.run(Self.takeStep(key, [window])), [window])
            guard taken.isAllowed else {
                try await self.giveBack(key, Array(zip(windows[..<index], counts)))
                return RateLimitDecision(isAllowed: false, of: taken.counts)
            }
            counts += taken.counts
        }
        return RateLimitDecision(isAllowed: true, of: counts)
    }

    private func giveBack(
        _ key: RateLimitKey,
        _ counts: [(window: RateLimitWindow, count: RateLimitDecision.Count)]
    ) async throws(RedisError) {
        let steps = counts.map { item in
            Self.giveBackScript([key.redisKey(item.window)], ["\(item.count.resetsAfter.wholeMilliseconds)"])
        }
        for reply in try await self.client.run(steps) { _ = try reply.get() }
    }

    private static func takeStep(_ key: RateLimitKey, _ windows: [RateLimitWindow]) -> RedisStep {
        self.takeScript(
            windows.map { key.redisKey($0) },
            windows.flatMap { ["\($0.threshold)", "\($0.length.components.seconds)"] }
        )
    }
}

extension RedisRateLimiter {
    /// What the script answered.
    private struct Taken {
        let isAllowed: Bool
        let counts: [RateLimitDecision.Count]

        init(_ reply: RedisReply, _ windows: [RateLimitWindow]) throws(RedisError) {
            let numbers = try reply.integers(1 + 2 * windows.count)
            self.isAllowed = numbers[0] == 1
            self.counts = windows.enumerated().map { index, window in
                RateLimitDecision.Count(
                    threshold: window.threshold,
                    count: Self.count(numbers[1 + 2 * index]),
                    resetsAfter: .milliseconds(max(0, numbers[2 + 2 * index]))
                )
            }
        }

        /// The script lets no counter below zero by: what comes back as one is beyond what Redis can answer.
        private static func count(_ answer: Int64) -> Int { answer < 0 ? .max : Int(answer) }
    }

    // KEYS: a counter for each window. ARGV: threshold and seconds for each. Nothing is written before all were judged. A counter
    // without expiry is either new or was left so by somebody else, who would block its user for ever.
    private static let takeScript = RedisScript(
        """
        local answer = {1}
        for i, key in ipairs(KEYS) do
            local count = redis.call('GET', key) or '0'
            if not string.match(count, '^%d+$') then
                return redis.error_reply('WRONGTYPE the counter holds no number')
            end
            answer[2 * i] = tonumber(count)
            if answer[2 * i] >= tonumber(ARGV[2 * i - 1]) then answer[1] = 0 end
        end
        for i, key in ipairs(KEYS) do
            if answer[1] == 1 then answer[2 * i] = redis.call('INCR', key) end
            local left = redis.call('PTTL', key)
            if left == -1 then
                redis.call('EXPIRE', key, ARGV[2 * i])
                left = ARGV[2 * i] * 1000
            end
            answer[2 * i + 1] = left
        end
        return answer
        """
    )

    // KEYS: a counter. ARGV: the milliseconds its window had left when the call was counted; with more left it is a later window.
    private static let giveBackScript = RedisScript(
        """
        local left = redis.call('PTTL', KEYS[1])
        if left > 0 and left <= tonumber(ARGV[1]) then return redis.call('DECR', KEYS[1]) end
        return 0
        """
    )
}

extension RateLimitKey {
    /// The counter's key, as contracts §6 has it; the endpoint has no `:`, so no two users share one.
    fileprivate func redisKey(_ window: RateLimitWindow) -> String {
        "rl:\(self.userID.rawValue):\(self.endpoint):\(window.length.components.seconds)"
    }
}

extension Duration {
    fileprivate var wholeMilliseconds: Int64 {
        self.components.seconds * 1000 + self.components.attoseconds / 1_000_000_000_000_000
    }
}
