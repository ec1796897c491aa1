import ChatifyCore
import ChatifyEventLoop
import ChatifyRedis
import Logging

/// One pod of a test of several: `RedisCaller PORT CALLERS MILLISECONDS THRESHOLD WINDOW-SECONDS`.
///
/// So many tasks call one rate limit for so long, beginning when a line comes in. For each call that was allowed it prints the count that
/// the limiter gave it, and at last how many calls there were.
@main
struct RedisCaller {
    private struct Seen {
        var counts: [Int] = []
        var calls = 0
    }

    static func main() async throws {
        let numbers = CommandLine.arguments.dropFirst().compactMap { Int($0) }
        guard numbers.count == 5 else {
            return print("usage: RedisCaller PORT CALLERS MILLISECONDS THRESHOLD WINDOW-SECONDS")
        }
        let loop = try EventLoop(name: "redis")
        let server = RedisConnectionString(host: "127.0.0.1", port: numbers[0])
        let client = RedisClient(server, loop: loop, logger: Logger(label: "caller"))
        client.begin()
        guard await client.waitUntilReady(), readLine() != nil else {
            return print("no server, or nobody to begin for")
        }
        let window = RateLimitWindow(threshold: numbers[3], length: .seconds(numbers[4]))
        let seen = try await Self.call(
            RedisRateLimiter(client),
            window,
            callers: numbers[1],
            until: .now + .milliseconds(numbers[2])
        )
        for count in seen.counts { print(count) }
        print("calls \(seen.calls)")
        await client.close()
        await loop.shutdown()
    }

    private static func call(
        _ limiter: RedisRateLimiter,
        _ window: RateLimitWindow,
        callers: Int,
        until end: ContinuousClock.Instant
    ) async throws -> Seen {
        let key = RateLimitKey(userID: UserID(unchecked: "alice"), endpoint: "SendMessage")
        return try await withThrowingTaskGroup(of: Seen.self) { tasks in
            for _ in 0..<callers {
                tasks.addTask {
                    var seen = Seen()
                    while ContinuousClock.now < end {
                        let decision = try await limiter.checkAndIncrement(key, windows: [window])
                        seen.calls += 1
                        if decision.isAllowed { seen.counts.append(decision.count) }
                    }
                    return seen
                }
            }
            return try await tasks.reduce(into: Seen()) { all, one in
                all.counts += one.counts
                all.calls += one.calls
            }
        }
    }
}
