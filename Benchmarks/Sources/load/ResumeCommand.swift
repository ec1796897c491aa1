import ArgumentParser
import ChatifyEventLoop
import Foundation

/// Clients of a pod that is killed resume on another, while people go on talking there.
///
/// All messages are said through the pod that lives, one sender per scope, numbered without gaps. So each client knows by itself
/// what it misses, and a run with a gap or a repeat fails.
struct ResumeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume",
        abstract: "Clients of a pod that dies go on at another (the target)."
    )

    @OptionGroup var target: Target
    @Option(help: "The port of the pod that dies.") var deadPort: Int
    @Option(help: "The process id of the pod that dies.") var deadPid: Int32
    @Option(help: "Clients.") var clients = 10_000
    @Option(help: "Scopes they are spread over.") var scopes = 100
    @Option(help: "Messages per second, over all scopes.") var rate = 200
    @Option(help: "Characters of text per message.") var payload = 128
    @Option(help: "Seconds from the kill to the first client that comes back.") var away = 5
    @Option(help: "Seconds over which clients come back; 0 for all at once.") var spread = 0
    @Option(help: "Seconds that all clients together may take to come back.") var patience = 180

    func run() async throws {
        let (loop, aside) = (try EventLoop(name: "load"), try EventLoop(name: "aside"))
        let writers = try await self.target.open(self.scopes, on: loop) { _ in [] }
        // On a loop of their own: what they measure is the server's delay and not that of the load.
        let witnesses = try await self.target.open(2, on: aside) { _ in ["witnesses"] }
        let command = self
        let resume = await loop.run {
            EventLoopBound(ResumeRun(command, loop: loop, writers: writers.value), loop: loop)
        }
        let witness = await aside.run { EventLoopBound(Witness(witnesses.value, loop: aside), loop: aside) }

        try await Self.step("joining", on: loop, within: self.patience) { resume.value.join($0) }
        await aside.run { witness.value.start() }
        await loop.run { resume.value.startTalking() }
        try await Task.sleep(for: .seconds(5))
        let before = await aside.run { witness.value.takeLatencies() }

        let process = self.target.process
        process.forgetPeak()
        let (memory, cpu, killedAt) = (process.residentBytes, process.cpuSeconds, ContinuousClock.now)
        guard kill(self.deadPid, SIGKILL) == 0 else { throw ResumeFailure("the pod that is to die cannot be killed") }
        try await Task.sleep(for: .seconds(self.away))
        let aroundKill = await aside.run { witness.value.takeLatencies() }
        try await Self.step("resuming", on: loop, within: self.patience) { resume.value.resume($0) }
        let caughtUp = killedAt.duration(to: .now)
        let during = await aside.run { witness.value.takeLatencies() }
        print(
            "caught-up=\(caughtUp.inSeconds)s after the kill, \((caughtUp - .seconds(self.away)).inSeconds)s after the first came back;",
            await loop.run { resume.value.waits }
        )
        print(
            "server-cpu=\(rounded(process.cpuSeconds - cpu))s memory=\(memory / 1_048_576)MiB",
            "peak=\(process.peakResidentBytes / 1_048_576)MiB"
        )
        print("witness: before \(before); away \(aroundKill); during \(during)")

        try await Task.sleep(for: .seconds(1))
        await aside.run { witness.value.stop() }
        try await Self.step("the last message", on: loop, within: self.patience) { resume.value.finish($0) }
        print(await loop.run { resume.value.outcome })
        try await loop.run { () throws(ResumeFailure) in try resume.value.check() }
        await loop.run { resume.value.close() }
        await loop.shutdown()
        await aside.shutdown()
    }

    /// Waits for something that the loop says is over.
    private static func step(
        _ name: String,
        on loop: EventLoop,
        within seconds: Int,
        _ begin: @escaping @Sendable (@escaping @Sendable () -> Void) -> Void
    ) async throws {
        let watchdog = Task {
            try await Task.sleep(for: .seconds(seconds))
            fatalError("\(name) is not over after \(seconds) s")
        }
        await withCheckedContinuation { continuation in
            loop.execute { begin { continuation.resume() } }
        }
        watchdog.cancel()
    }
}

/// Why a run does not count.
struct ResumeFailure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}

extension Duration {
    /// Seconds, to the millisecond.
    var inSeconds: Double { rounded(Double(self.components.seconds) + Double(self.components.attoseconds) / 1e18) }
}
