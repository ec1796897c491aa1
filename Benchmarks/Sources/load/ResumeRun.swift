import ChatifyEventLoop

/// The clients that come back and those who talk meanwhile, on one loop.
final class ResumeRun {
    private let command: ResumeCommand
    private let loop: EventLoop
    private let writers: [LoadClient]
    private let tally = ResumingClient.Tally()
    private let clients: [ResumingClient]
    /// Of each scope the number of the next message, and how many sends are not answered.
    private var numbers: [Int]
    private var unanswered = 0
    private var nextScope = 0
    private var talking: LoopTimer?
    private var returning: LoopTimer?
    private var started = 0
    private var answered = 0

    init(_ command: ResumeCommand, loop: EventLoop, writers: [LoadClient]) {
        self.command = command
        self.loop = loop
        self.writers = writers
        self.numbers = writers.map { _ in 0 }
        let tally = self.tally
        self.clients = (0..<command.clients).map {
            ResumingClient(scope: "bench\($0 % command.scopes)", tally: tally, loop: loop)
        }
        for writer in writers { writer.onCompletion = { [unowned self] in self.unanswered -= 1 } }
    }

    /// Joins all to the pod that will die, a hundred at a time, and lets each hear a first message.
    func join(_ done: @escaping () -> Void) {
        for _ in 0..<min(100, self.clients.count) { self.joinNext(done) }
    }

    private func joinNext(_ done: @escaping () -> Void) {
        guard self.started < self.clients.count else { return }
        self.started += 1
        self.clients[self.started - 1].connect(port: self.command.deadPort) {
            self.answered += 1
            guard self.answered == self.clients.count else { return self.joinNext(done) }
            for scope in self.writers.indices { self.say(in: scope) }
            self.whenAllHeardAll(done)
        }
    }

    /// Begins to talk, in one scope after the other.
    func startTalking() {
        let timer = LoopTimer(loop: self.loop)
        let interval = Duration.milliseconds(5)
        let began = ContinuousClock.now
        var said = 0
        timer.schedule(after: interval, repeating: interval) {
            // Late ticks are made up for.
            let due = Int(began.duration(to: .now) / .milliseconds(1)) * self.command.rate / 1000
            while said < due {
                self.say(in: self.nextScope)
                self.nextScope = (self.nextScope + 1) % self.writers.count
                said += 1
            }
        }
        self.talking = timer
    }

    private func say(in scope: Int) {
        let text = Dialect.signalr.send(
            self.numbers[scope],
            to: "bench\(scope)",
            size: self.command.payload,
            awaitsAnswer: true
        )
        self.writers[scope].write(Dialect.signalr.frame(text))
        self.numbers[scope] += 1
        self.unanswered += 1
    }

    /// Lets all come back to the pod that lives, at once or evenly over some time; done when each was answered.
    func resume(_ done: @escaping () -> Void) {
        (self.started, self.answered) = (0, 0)
        let began = ContinuousClock.now
        let timer = LoopTimer(loop: self.loop)
        timer.schedule(after: .zero, repeating: .milliseconds(10)) {
            let share = self.command.spread == 0 ? 1 : began.duration(to: .now) / .seconds(self.command.spread)
            let due = Int(Double(self.clients.count) * min(1, share))
            while self.started < due {
                self.clients[self.started].connect(port: self.command.target.port) {
                    self.answered += 1
                    if self.answered == self.clients.count { done() }
                }
                self.started += 1
            }
            if self.started == self.clients.count { self.returning?.cancel() }
        }
        self.returning = timer
    }

    /// Ends the talking, and waits until everybody has heard all of it.
    func finish(_ done: @escaping () -> Void) {
        self.talking?.cancel()
        self.whenAllHeardAll(done)
    }

    private func whenAllHeardAll(_ done: @escaping () -> Void) {
        let timer = LoopTimer(loop: self.loop)
        timer.schedule(after: .zero, repeating: .milliseconds(20)) {
            guard self.unanswered == 0, self.clients.indices.allSatisfy(self.hasHeardAll) else { return }
            timer.cancel()
            done()
        }
    }

    private func hasHeardAll(_ index: Int) -> Bool {
        self.clients[index].heard == self.numbers[index % self.command.scopes] - 1
    }

    /// How long clients took to be caught up, each from its first attempt to connect.
    var waits: String {
        let waits = self.tally.waits.sorted()
        let times = [("p50", waits.count / 2), ("p99", waits.count * 99 / 100), ("max", waits.count - 1)]
        return "per client " + times.map { "\($0)=\(waits[$1].inSeconds)s" }.joined(separator: " ")
    }

    /// What became of the clients.
    var outcome: String {
        let tally = self.tally
        return "clients=\(self.clients.count) recovered=\(tally.recovered) not-recovered=\(tally.notRecovered) "
            + "replayed-per-client=\(rounded(Double(tally.replayed) / Double(self.clients.count))) "
            + "repeats=\(tally.repeats) gaps=\(tally.gaps) failed-attempts=\(tally.failures)"
    }

    /// Throws if a client has missed something that it was not told of, or has heard something twice.
    func check() throws(ResumeFailure) {
        guard self.tally.repeats == 0, self.tally.gaps == 0 else { throw ResumeFailure("there are gaps or repeats") }
    }

    func close() { for client in self.clients { client.close() } }
}
