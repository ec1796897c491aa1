import ArgumentParser
import ChatifyEventLoop
import Measuring

/// Clients that call a method and wait for its answer: `HeartbeatAsync`, or `SendAsync` into scopes nobody is joined to.
struct InvokeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "invoke", abstract: "Answered invocations.")

    @OptionGroup var target: Target
    @Option(help: "Clients that call at the same time.") var clients = 64
    @Option(help: "Calls of each client in flight.") var window = 1
    @Option(help: "Calls of the whole run.") var calls = 200_000
    @Option(help: "Characters of text per message.") var payload = 128
    @Flag(help: "Send messages instead of heartbeats.") var send = false

    func run() async throws {
        let loop = try EventLoop(name: "load")
        let bound = try await self.target.open(self.clients, on: loop) { _ in [] }
        let dialect = try self.target.parsedDialect()
        let command = self
        let before = self.target.process.cpuSeconds
        let (duration, latency): (Duration, Histogram) = await withCheckedContinuation { continuation in
            loop.execute {
                InvokeRun(command, dialect: dialect, clients: bound.value).start {
                    continuation.resume(returning: ($0, $1))
                }
            }
        }
        let cpu = self.target.process.cpuSeconds - before
        let seconds = Double(duration.components.seconds) + Double(duration.components.attoseconds) / 1e18
        print(
            "calls=\(self.calls) rate=\(Int(Double(self.calls) / seconds))/s",
            "server-cpu-us-per-call=\(rounded(cpu / Double(self.calls) * 1_000_000))",
            "p50=\(latency.percentile(0.5))us p99=\(latency.percentile(0.99))us"
        )
        await loop.shutdown()
    }
}

private final class InvokeRun {
    private let command: InvokeCommand
    private let clients: [LoadClient]
    private let frames: [[UInt8]]
    private let clock = ContinuousClock()
    private var started = 0
    private var finished = 0
    private var latency = Histogram()
    private var sentAt: [[ContinuousClock.Instant]]

    init(_ command: InvokeCommand, dialect: Dialect, clients: [LoadClient]) {
        self.command = command
        self.clients = clients
        self.sentAt = clients.map { _ in [] }
        self.frames = clients.indices.map { index in
            clients[index].frame(
                command.send
                    ? dialect.send(index, to: "send\(index)", size: command.payload, awaitsAnswer: true)
                    : dialect.heartbeat
            )
        }
    }

    func start(_ done: @escaping (Duration, Histogram) -> Void) {
        let begin = self.clock.now
        for (index, client) in self.clients.enumerated() {
            client.onCompletion = {
                self.latency.add(self.sentAt[index].removeFirst().duration(to: self.clock.now))
                self.finished += 1
                if self.finished == self.command.calls { return done(begin.duration(to: self.clock.now), self.latency) }
                self.call(index)
            }
            for _ in 0..<self.command.window { self.call(index) }
        }
    }

    private func call(_ index: Int) {
        guard self.started < self.command.calls else { return }
        self.started += 1
        self.sentAt[index].append(self.clock.now)
        self.clients[index].write(self.frames[index])
    }
}
