import ArgumentParser
import ChatifyEventLoop
import Measuring

/// Publishers say things in scopes; every subscriber gets every message of its scope.
struct FanoutCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "fanout", abstract: "Deliveries to many subscribers.")

    @OptionGroup var target: Target
    @Option(help: "Scopes.") var scopes = 1
    @Option(help: "Subscribers of each scope.") var subscribers = 1000
    @Option(help: "Messages in flight per scope; one is in flight until its last delivery.") var window = 16
    @Option(help: "Characters of text per message.") var payload = 128
    @Option(help: "Messages of the whole run.") var messages = 2000
    @Option(help: "Messages per second of the whole run instead of a window; 0 for as fast as the window allows.")
    var rate = 0
    @Option(help: "Subscribers beside the others that stop reading when the messages begin.") var stuck = 0

    func run() async throws {
        let loop = try EventLoop(name: "load")
        let scopeCount = self.scopes
        let bound = try await self.target.open(self.scopes * self.subscribers, on: loop) { ["bench\($0 % scopeCount)"] }
        let publishers = try await self.target.open(self.scopes, on: loop, over: .websockets) { _ in [] }
        let stuck = try await self.target.open(self.stuck, on: loop) { ["bench\($0 % scopeCount)"] }
        let dialect = try self.target.parsedDialect()
        let command = self
        let memory = self.target.process.residentBytes
        self.target.process.forgetPeak()
        let before = self.target.process.cpuSeconds
        let result: FanoutRun.Result = await withCheckedContinuation { continuation in
            loop.execute {
                for client in stuck.value { client.stopReading() }
                let run = FanoutRun(
                    command,
                    dialect: dialect,
                    loop: loop,
                    subscribers: bound.value,
                    publishers: publishers.value
                )
                run.start { continuation.resume(returning: $0) }
            }
        }
        let cpu = self.target.process.cpuSeconds - before
        result.report(cpuSeconds: cpu)
        if self.stuck > 0 {
            let grown = max(0, self.target.process.peakResidentBytes - memory)
            print("stuck=\(self.stuck) server-bytes-per-stuck-client=\(grown / self.stuck) at the peak")
        }
        await loop.shutdown()
    }
}

/// One run, on the loop of its clients.
final class FanoutRun {
    struct Result: Sendable {
        var deliveries: Int
        var duration: Duration
        var latency: Histogram
        var answers: Int

        func report(cpuSeconds: Double) {
            let seconds = Double(self.duration.components.seconds) + Double(self.duration.components.attoseconds) / 1e18
            let rate = Int(Double(self.deliveries) / seconds)
            let perMillion = cpuSeconds / Double(self.deliveries) * 1_000_000
            print(
                "deliveries=\(self.deliveries) rate=\(rate)/s server-cpu-s-per-million=\(rounded(perMillion))",
                "p50=\(self.latency.percentile(0.5))us p99=\(self.latency.percentile(0.99))us"
            )
            guard self.answers > 0 else { return }
            print("deliveries-per-poll=\(rounded(Double(self.deliveries) / Double(self.answers)))")
        }
    }

    private let command: FanoutCommand
    private let dialect: Dialect
    private let loop: EventLoop
    private let publishers: [LoadClient]
    private let subscribers: [LoadClient]
    private let clock = ContinuousClock()
    private var sentAt: [ContinuousClock.Instant] = []
    private var missing: [Int] = []
    private var deliveries = 0
    private var answersBefore = 0
    private var latency = Histogram()
    private var begin: ContinuousClock.Instant
    private var timer: LoopTimer?
    private var done: ((Result) -> Void)?

    init(
        _ command: FanoutCommand,
        dialect: Dialect,
        loop: EventLoop,
        subscribers: [LoadClient],
        publishers: [LoadClient]
    ) {
        self.command = command
        self.dialect = dialect
        self.loop = loop
        self.subscribers = subscribers
        self.publishers = publishers
        self.begin = self.clock.now
    }

    func start(_ done: @escaping (Result) -> Void) {
        self.done = done
        self.answersBefore = self.answers
        for client in self.subscribers { client.onDelivery = { self.delivered($0) } }
        if self.command.rate > 0 {
            let timer = LoopTimer(loop: self.loop)
            self.timer = timer
            let interval = Duration.seconds(1) / self.command.rate
            timer.schedule(after: interval, repeating: interval) { self.send(self.sentAt.count % self.command.scopes) }
        } else {
            for _ in 0..<self.command.window { for scope in 0..<self.command.scopes { self.send(scope) } }
        }
    }

    private func send(_ scope: Int) {
        guard self.sentAt.count < self.command.messages else { return }
        let number = self.sentAt.count
        self.sentAt.append(self.clock.now)
        self.missing.append(self.command.subscribers)
        let payload = self.dialect.send(number, to: "bench\(scope)", size: self.command.payload, awaitsAnswer: false)
        self.publishers[scope].write(self.publishers[scope].frame(payload))
    }

    private func delivered(_ number: Int) {
        self.latency.add(self.sentAt[number].duration(to: self.clock.now))
        self.deliveries += 1
        self.missing[number] -= 1
        guard self.missing[number] == 0 else { return }
        if self.command.rate == 0 { self.send(number % self.command.scopes) }
        guard self.deliveries == self.command.messages * self.command.subscribers else { return }
        self.timer?.cancel()
        self.done?(
            Result(
                deliveries: self.deliveries,
                duration: self.begin.duration(to: self.clock.now),
                latency: self.latency,
                answers: self.answers - self.answersBefore
            )
        )
        self.done = nil
    }

    /// The answers to the polls of all subscribers so far.
    private var answers: Int { self.subscribers.reduce(0) { $0 + $1.answers } }
}

func rounded(_ value: Double) -> Double { (value * 1000).rounded() / 1000 }
