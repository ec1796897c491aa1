// One pod's history writer in a process of its own, for tests that kill it:
// `KafkaWriter SERVERS TOPIC PARTITIONS GROUP REDIS-PORT SEED`. It says `running` and writes until its standard input ends.
import ChatifyCore
import ChatifyEventLoop
import ChatifyKafka
import ChatifyRedis
import Logging

#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

@main
struct KafkaWriter {
    static func main() async throws {
        let words = CommandLine.arguments.dropFirst()
        guard words.count == 6, let partitions = Int32(words[3]), let port = Int(words[5]), let seed = UInt64(words[6])
        else { return print("usage: KafkaWriter SERVERS TOPIC PARTITIONS GROUP REDIS-PORT SEED") }
        var logger = Logger(label: "writer", factory: { StreamLogHandler.standardError(label: $0) })
        logger.logLevel = .notice
        let loop = try EventLoop(name: "redis")
        let client = RedisClient(RedisConnectionString(host: "127.0.0.1", port: port), loop: loop, logger: logger)
        client.begin()
        guard await client.waitUntilReady() else { return print("no store") }
        let log = try await KafkaLog.open(
            Self.configuration(servers: words[1], topic: words[2], partitions: partitions),
            logger: logger
        )
        let consumer = try await log.makeConsumer(
            group: words[4],
            startingAt: .beginning,
            commits: .manual,
            membership: .shared
        )
        let writer = HistoryWriter(
            consumer: consumer,
            repository: FaultyRedisHistory(client, seed: seed),
            deadLetters: log.deadLetters,
            configuration: Self.writing,
            logger: logger
        )
        let running = Task { await writer.run() }
        print("running")
        fflush(nil)
        await Task.detached { while readLine() != nil {} }.value
        running.cancel()
        await running.value
        await consumer.close()
        await log.close(within: .seconds(5))
    }

    private static func configuration(servers: String, topic: String, partitions: Int32) -> KafkaClientConfiguration {
        var configuration = KafkaClientConfiguration(bootstrapServers: servers)
        configuration.topic = topic
        configuration.partitions = partitions
        configuration.replicationFactor = 1
        // A member that was killed is missed sooner.
        configuration.properties = ["session.timeout.ms": "6000", "heartbeat.interval.ms": "500"]
        return configuration
    }

    /// Pauses that are shorter than those of a server, so that a test sees many.
    private static var writing: HistoryWriterConfiguration {
        var configuration = HistoryWriterConfiguration()
        configuration.retry.baseDelay = .milliseconds(1)
        configuration.retry.maximumAttempts = 2
        configuration.backoff.initialDelay = .milliseconds(10)
        configuration.backoff.maximumDelay = .milliseconds(500)
        return configuration
    }
}
