internal import ChatifyCore
internal import Logging

/// What the thread of a ``KafkaReplaySource`` does: reads parts of the log again, one after the other, with one client for all, and keeps them
/// while they are asked for.
struct ReplayThread: ~Copyable {
    private let desk: ReplayDesk
    private let configuration: KafkaClientConfiguration
    private let limits: KafkaReplayLimits
    private let log: KafkaLogLines
    private var memory: ReplayMemory
    /// Made when it is needed for the first time, and anew after it has failed for good.
    private var consumer: ConsumerClient?

    init(
        _ desk: ReplayDesk,
        _ configuration: KafkaClientConfiguration,
        _ limits: KafkaReplayLimits,
        _ logger: Logger
    ) {
        self.desk = desk
        self.configuration = configuration
        self.limits = limits
        self.log = KafkaLogLines(logger: logger)
        self.memory = ReplayMemory(maximumBytes: limits.maximumBytes)
    }

    /// How long the thread waits at most before it looks whether it is to end.
    private static let patience = Duration.milliseconds(100)
    /// How long it may take to end a client.
    private static let closingTime = Duration.seconds(2)

    /// Answers requests until the desk is closed.
    consuming func run() {
        while true {
            let isAtRest = self.consumer == nil && self.memory.isEmpty
            switch self.desk.next(atMost: isAtRest ? nil : self.limits.restTime) {
            case .jobs(let jobs): self.answer(jobs)
            case .idle: self.memory = ReplayMemory(maximumBytes: self.limits.maximumBytes)
            case .close:
                self.desk.end()
                return self.retire()
            }
            self.drainEvents()
        }
    }

    /// Answers all who wait for events of one partition, who misses most first: what is read for that one the others find.
    private mutating func answer(_ jobs: [ReplayDesk.Job]) {
        var last: (request: ReplayRequest, answer: ReplayDesk.Answer)?
        for job in jobs.sorted(by: { $0.request.precedes($1.request) }) {
            // Who asks for the very same, as all who were in one room do, shares the answer's memory.
            let answer = last.flatMap { $0.request == job.request ? $0.answer : nil } ?? self.find(job)
            self.desk.answer(job, answer)
            // What one found no time for another may have.
            last = job.deadline > .now ? (job.request, answer) : nil
        }
    }

    private mutating func find(_ job: ReplayDesk.Job) -> ReplayDesk.Answer {
        // Who has waited for too long costs nothing more.
        guard job.deadline > .now, self.desk.waitForTakers(until: job.deadline), !self.desk.isClosing else {
            return self.nothing
        }
        do throws(ChatError) {
            switch self.memory.begin(job.request) {
            case .whole: break
            case .read(let offset): guard try self.read(job, from: offset) else { return self.nothing }
            case .notWhole: return self.nothing
            }
            return .success(self.memory.events(for: job.request))
        } catch {
            return .failure(error)
        }
    }

    /// What is answered when not everything was found.
    private var nothing: ReplayDesk.Answer { self.desk.isClosing ? .failure(.replayClosed) : .success(nil) }

    /// Reads until everything that is asked for was read, or it is known, or time, that it will not be.
    private mutating func read(_ job: ReplayDesk.Job, from offset: Int64) throws(ChatError) -> Bool {
        let consumer = try self.client()
        do throws(KafkaError) {
            defer { try? consumer.assign([:]) }
            try consumer.assign([job.request.partition: offset])
            while !self.desk.isClosing {
                let rest = ContinuousClock.now.duration(to: job.deadline)
                guard rest > .zero else { break }
                switch try self.step(job.request, consumer, atMost: min(rest, Self.patience)) {
                case .read: break
                case .whole: return true
                case .notWhole: return false
                }
            }
            return false
        } catch {
            self.retire()
            throw .notRead(error)
        }
    }

    /// - Throws: What the client cannot recover from.
    private mutating func step(
        _ request: ReplayRequest,
        _ consumer: ConsumerClient,
        atMost time: Duration
    ) throws(KafkaError) -> ReplayMemory.Step {
        switch consumer.poll(atMost: time) {
        case .message(let message):
            let record = ChatRecord(message, policy: self.configuration.policy)
            return self.memory.take(record, size: message.size, for: request)
        case .end(let position): return self.memory.end(at: position, for: request)
        case .failure(let error):
            if error.kind == .fatal { throw error }
            // Anything but a place that is gone may pass while there is time.
            guard error.kind == .outOfRange else { break }
            self.memory.forget(request.partition)
            return .notWhole
        case nil: break
        }
        return self.memory.begin(request)
    }

    private mutating func client() throws(ChatError) -> ConsumerClient {
        if let consumer = self.consumer { return consumer }
        let properties = try self.configuration.replayProperties(self.limits)
        let consumer = try ConsumerClient(properties, topic: self.configuration.topic)
        self.consumer = consumer
        return consumer
    }

    private mutating func retire() {
        self.consumer?.close(within: Self.closingTime)
        self.drainEvents()
        self.consumer = nil
    }

    /// Takes in what the client has to say, which would gather otherwise.
    private mutating func drainEvents() {
        var hasFailed = false
        while let consumer = self.consumer, !consumer.events.isEmpty {
            switch consumer.events.poll(atMost: .zero) {
            case .log(let line): self.log.write(line)
            case .error(let error, let isFatal):
                self.log.write(error, isFatal: isFatal)
                hasFailed = hasFailed || isFatal
            case .deliveries, .statistics, .committed, .topicsMade, .other, nil: break
            }
        }
        if hasFailed { self.consumer = nil }
    }
}
