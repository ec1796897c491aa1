import ArgumentParser
import ChatifyCore
import ChatifySQLite
import Measuring

/// Reads pages of history at random places.
struct PagesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "pages", abstract: "Latency of history pages.")

    @OptionGroup var store: StoreOptions
    @Option(help: "The pages to read.") var pages = 5000
    @Option(help: "Messages per page.") var limit = 100
    @Option(help: "Readers at the same time.") var readers = 4

    func run() async throws {
        let store = try await self.store.open()
        let begin = ContinuousClock.now
        var latency = Histogram()
        var messages = 0
        try await withThrowingTaskGroup(of: ([Duration], Int).self) { group in
            for _ in 0..<self.readers {
                group.addTask { try await self.read(self.pages / self.readers, from: store) }
            }
            for try await (durations, count) in group {
                for duration in durations { latency.add(duration) }
                messages += count
            }
        }
        print(
            "pages=\(self.pages) messages=\(messages)",
            "rate=\(Int(Double(self.pages) / begin.duration(to: .now).inSeconds))/s",
            "p50=\(latency.percentile(0.5))us p99=\(latency.percentile(0.99))us max=\(latency.percentile(1))us"
        )
        await store.close()
    }

    private func read(_ count: Int, from store: SQLiteStore) async throws -> ([Duration], Int) {
        var (durations, messages) = ([Duration](), 0)
        for _ in 0..<count {
            let scope = self.store.scope(Int.random(in: 0..<self.store.scopes))
            // A place somewhere in the scope: behind the first message whose id is not below a random one.
            let first = try await store.history.messages(HistoryQuery(scope: scope, limit: 1)).messages.first
            let last = try await store.history.messages(HistoryQuery(scope: scope, limit: 1, order: .newestFirst))
            guard let first, let last = last.messages.first else { continue }
            let span = first.event.createdAt.duration(to: last.event.createdAt)
            let from = first.event.createdAt.advanced(by: span * Double.random(in: 0..<1))
            let begin = ContinuousClock.now
            let order: HistoryOrder = Bool.random() ? .oldestFirst : .newestFirst
            let query = HistoryQuery(
                scope: scope,
                from: order == .oldestFirst ? from : nil,
                to: order == .oldestFirst ? nil : from,
                limit: self.limit,
                order: order
            )
            messages += try await store.history.messages(query).messages.count
            durations.append(begin.duration(to: .now))
        }
        return (durations, messages)
    }
}

/// Opens and closes the file.
struct OpenCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "open", abstract: "The time to open the file.")

    @OptionGroup var store: StoreOptions
    @Option(help: "How often.") var times = 10

    func run() async throws {
        var latency = Histogram()
        for _ in 0..<self.times {
            let begin = ContinuousClock.now
            let store = try await self.store.open()
            latency.add(begin.duration(to: .now))
            await store.close()
        }
        print("opened p50=\(latency.percentile(0.5))us max=\(latency.percentile(1))us")
    }
}
