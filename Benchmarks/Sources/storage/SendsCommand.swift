import ArgumentParser
import ChatifyCore
import ChatifySQLite
import Measuring

/// Senders that each wait for the answer before they send again.
struct SendsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "sends", abstract: "Acknowledged sends per second.")

    @OptionGroup var store: StoreOptions
    @Option(help: "Senders at the same time.") var senders = 64
    @Option(help: "Sends of the whole run.") var sends = 100_000

    func run() async throws {
        let store = try await self.store.open()
        let begin = ContinuousClock.now
        let latency = try await send(self.sends, by: self.senders, to: store, self.store)
        let seconds = begin.duration(to: .now).inSeconds
        print(
            "senders=\(self.senders) rate=\(Int(Double(self.sends) / seconds))/s",
            "p50=\(latency.percentile(0.5))us p99=\(latency.percentile(0.99))us max=\(latency.percentile(1))us"
        )
        await store.close()
    }
}

/// Fills a file with messages, as fast as it goes.
struct FillCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "fill", abstract: "Makes a large file.")

    @OptionGroup var store: StoreOptions
    @Option(help: "The messages to add.") var rows = 10_000_000

    func run() async throws {
        let store = try await self.store.open()
        let begin = ContinuousClock.now
        _ = try await send(self.rows, by: 4096, to: store, self.store)
        print("rows=\(self.rows) rate=\(Int(Double(self.rows) / begin.duration(to: .now).inSeconds))/s")
        await store.close()
    }
}

/// Sends so many messages, each sender its share one after the other, and returns how long each took.
private func send(
    _ count: Int,
    by senders: Int,
    to store: SQLiteStore,
    _ options: StoreOptions
) async throws -> Histogram {
    try await withThrowingTaskGroup(of: [Duration].self) { group in
        for sender in 0..<senders {
            group.addTask {
                var source = MessageSource(options)
                var durations: [Duration] = []
                for index in 0..<count / senders {
                    let event = source.next(in: index &* 7919 &+ sender)
                    let begin = ContinuousClock.now
                    _ = try await store.log.produce(event, headers: RecordHeaders(correlationID: .random()))
                    durations.append(begin.duration(to: .now))
                }
                return durations
            }
        }
        var latency = Histogram()
        for try await durations in group {
            for duration in durations { latency.add(duration) }
        }
        return latency
    }
}
