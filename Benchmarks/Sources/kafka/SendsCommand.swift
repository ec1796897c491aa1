import ArgumentParser
import CRawKafka
import ChatifyCore
import ChatifyKafka
import Measuring

/// Senders that each wait for the answer before they send again, beside librdkafka alone with as many messages in flight.
struct SendsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "sends", abstract: "Acknowledged sends per second.")

    @OptionGroup var log: LogOptions
    @Option(help: "Senders at the same time.") var senders = 64
    @Option(help: "Sends of each run.") var sends = 100_000
    @Option(help: "Runs of each kind, taking turns.") var runs = 3

    func run() async throws {
        for _ in 0..<self.runs {
            let raw = try self.runRaw()
            let (rate, latency) = try await self.runOurs()
            print(
                "senders=\(self.senders) librdkafka=\(Int(raw))/s chatify=\(Int(rate))/s",
                "ratio=\((rate / raw * 100).rounded() / 100)",
                "p50=\(latency.percentile(0.5))us p99=\(latency.percentile(0.99))us"
            )
        }
    }

    private func runRaw() throws -> Double {
        let value = ChatEventCodec.encode(Events.make(0))
        let begin = ContinuousClock.now
        let count = value.withUnsafeBytes { bytes in
            raw_kafka_produce(
                self.log.servers,
                self.log.topic,
                "\(self.log.linger)",
                bytes.bindMemory(to: CChar.self).baseAddress,
                bytes.count,
                self.sends,
                self.senders
            )
        }
        guard count == self.sends else { throw ValidationError("librdkafka alone had \(count) acknowledged.") }
        return Double(count) / begin.duration(to: .now).inSeconds
    }

    private func runOurs() async throws -> (rate: Double, latency: Histogram) {
        let (begin, log) = (ContinuousClock.now, try await self.log.open())
        let latency = try await send(self.sends, by: self.senders, to: log)
        await log.close(within: .seconds(5))
        return (Double(latency.total) / begin.duration(to: .now).inSeconds, latency)
    }
}

/// Sends so many messages, each sender its share one after the other, and returns how long each took.
func send(_ count: Int, by senders: Int, to log: KafkaLog) async throws -> Histogram {
    try await withThrowingTaskGroup(of: [Duration].self) { group in
        for sender in 0..<senders {
            group.addTask {
                var durations: [Duration] = []
                for index in 0..<count / senders {
                    let event = Events.make(index &* 7919 &+ sender)
                    let begin = ContinuousClock.now
                    _ = try await log.producer.produce(event, headers: RecordHeaders(correlationID: .random()))
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
