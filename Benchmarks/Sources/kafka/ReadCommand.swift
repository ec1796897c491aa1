import ArgumentParser
import ChatifyCore
import ChatifyKafka
import Measuring

/// Reads records that are there already, as fast as it goes.
struct ReadCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "read", abstract: "Records read per second.")

    @OptionGroup var log: LogOptions
    @Option(help: "Records to write first and to read.") var records = 20_000

    func run() async throws {
        let log = try await self.log.open()
        let consumer = try await log.makeConsumer(
            group: "read-\(ChatClock.system.now().millisecondsSinceEpoch)",
            startingAt: .end,
            commits: .manual,
            membership: .alone
        )
        // The consumer reads ahead meanwhile, up to its bound.
        _ = try await send(self.records, by: 1000, to: log)
        let begin = ContinuousClock.now
        var count = 0
        while count < self.records / 1000 * 1000 { count += try await consumer.nextBatch(limit: 256).count }
        print("records=\(count) rate=\(Int(Double(count) / begin.duration(to: .now).inSeconds))/s")
        await consumer.close()
        await log.close(within: .seconds(5))
    }
}

/// Sends at a steady rate and measures how long each event takes to a live consumer.
struct LatencyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "latency",
        abstract: "From the acknowledgement of a send to its delivery, and from the send itself."
    )

    @OptionGroup var log: LogOptions
    @Option(help: "Events to send.") var events = 1000
    @Option(help: "The pause between two, in milliseconds.") var pause = 5

    func run() async throws {
        let log = try await self.log.open()
        let consumer = try await log.makeConsumer(
            group: "latency-\(ChatClock.system.now().millisecondsSinceEpoch)",
            startingAt: .end,
            commits: .automatic,
            membership: .alone
        )
        async let received = self.receive(from: consumer)
        var (sent, acknowledged): ([ContinuousClock.Instant], [ContinuousClock.Instant]) = ([], [])
        for number in 0..<self.events {
            sent.append(.now)
            _ = try await log.producer.produce(Events.make(number), headers: RecordHeaders())
            acknowledged.append(.now)
            try await Task.sleep(for: .milliseconds(self.pause))
        }
        var (whole, rest) = (Histogram(), Histogram())
        for (number, time) in try await received {
            whole.add(sent[number].duration(to: time))
            rest.add(acknowledged[number].duration(to: time))
        }
        print("from the send: p50=\(whole.percentile(0.5))us p99=\(whole.percentile(0.99))us")
        print("from its acknowledgement: p50=\(rest.percentile(0.5))us p99=\(rest.percentile(0.99))us")
        await consumer.close()
        await log.close(within: .seconds(5))
    }

    private func receive(from consumer: KafkaEventConsumer) async throws -> [(Int, ContinuousClock.Instant)] {
        var times: [(Int, ContinuousClock.Instant)] = []
        while times.count < self.events {
            for record in try await consumer.nextBatch(limit: 256) {
                guard case .event(let event) = record.payload else { continue }
                times.append((Int(event.messageID.low & 0x7FFF_FFFF_FFFF_FFFF), .now))
            }
        }
        return times
    }
}
