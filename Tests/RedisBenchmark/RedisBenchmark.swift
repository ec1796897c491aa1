import ChatifyCore
import ChatifyEventLoop
import ChatifyRedis
import Glibc
import Logging

/// Measures one connection to the Redis server on a port of 127.0.0.1, by callers on the client's loop and by callers on the global pool:
/// `RedisBenchmark PORT [SECONDS] [CONCURRENCY]…`; see `Scripts/benchmark-redis`.
@main
struct RedisBenchmark {
    private let loop: EventLoop
    private let client: RedisClient
    private let duration: Duration

    static func main() async throws {
        guard let port = CommandLine.arguments.dropFirst().first.flatMap({ Int($0) }) else {
            return print("usage: RedisBenchmark PORT [SECONDS] [CONCURRENCY]…")
        }
        let seconds = CommandLine.arguments.dropFirst(2).first.flatMap { Double($0) } ?? 3
        let concurrencies = CommandLine.arguments.dropFirst(3).compactMap { Int($0) }
        let loop = try EventLoop(name: "redis")
        let client = RedisClient(
            RedisConnectionString(host: "127.0.0.1", port: port),
            loop: loop,
            logger: Logger(label: "benchmark")
        )
        client.begin()
        guard await client.waitUntilReady() else { return print("no server on port \(port)") }
        let benchmark = RedisBenchmark(loop: loop, client: client, duration: .seconds(seconds))
        await benchmark.measureAll(concurrencies.isEmpty ? [1, 16, 50, 1024] : concurrencies)
        await client.close()
        await loop.shutdown()
    }

    private func measureAll(_ concurrencies: [Int]) async {
        let (client, limiter) = (self.client, RedisRateLimiter(self.client))
        let key = RateLimitKey(userID: UserID(unchecked: "alice"), endpoint: "Benchmark")
        let windows = [RateLimitWindow(threshold: 1_000_000_000, length: .seconds(3600))]
        let operations: [(name: String, body: @Sendable () async -> Void)] = [
            ("GET", { _ = try? await client.send(RedisCommand("GET", "benchmark")) }),
            ("limit", { _ = try? await limiter.checkAndIncrement(key, windows: windows) }),
        ]
        // What the measuring itself costs: a call of nothing, and a suspension of nothing.
        await self.measure("call", 1, on: self.loop) {}
        await self.measure("yield", 50, on: self.loop) { await Task.yield() }
        for concurrency in concurrencies {
            for operation in operations {
                await self.measure("\(operation.name)@loop", concurrency, on: self.loop, operation.body)
                await self.measure("\(operation.name)@pool", concurrency, on: nil, operation.body)
            }
        }
    }

    /// Runs `operation` in so many tasks, on the loop or on the global pool, and prints its rate and its cost.
    private func measure(
        _ name: String,
        _ concurrency: Int,
        on executor: EventLoop?,
        _ operation: @escaping @Sendable () async -> Void
    ) async {
        let (begin, cpu) = (ContinuousClock.now, Self.cpuMicroseconds())
        let end = begin + self.duration
        let count = await withTaskGroup(of: Int.self) { tasks in
            for _ in 0..<concurrency {
                tasks.addTask(executorPreference: executor) {
                    var count = 0
                    while ContinuousClock.now < end {
                        for _ in 0..<8 { await operation() }
                        count += 8
                    }
                    return count
                }
            }
            return await tasks.reduce(0, +)
        }
        let microseconds = (ContinuousClock.now - begin) / .microseconds(1)
        let rate = Int(Double(count) / microseconds * 1_000_000)
        let cost = Double(Self.cpuMicroseconds() - cpu) / Double(count)
        print("\(name) \(concurrency) \(rate) ops/s, \((cost * 100).rounded() / 100) CPU-µs each")
    }

    private static func cpuMicroseconds() -> Int {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return time.tv_sec * 1_000_000 + time.tv_nsec / 1000
    }
}
