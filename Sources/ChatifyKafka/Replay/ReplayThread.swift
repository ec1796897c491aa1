internal import ChatifyCore
internal import Logging

/// What the thread of a ``KafkaReplaySource`` does: reads parts of the log again, one after the other, with one client for all.
struct ReplayThread: ~Copyable {
    private let desk: ReplayDesk
    private let configuration: KafkaClientConfiguration
    private let limits: KafkaReplayLimits
    private let log: KafkaLogLines
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
    }

    /// How long the client is left alone while there is nothing to find.
    private static let restTime = Duration.seconds(1)
    /// How long the thread waits at most before it looks whether it is to end.
    private static let patience = Duration.milliseconds(100)
    /// How long it may take to end a client.
    private static let closingTime = Duration.seconds(2)

    /// Answers requests until the desk is closed.
    consuming func run() {
        while true {
            switch self.desk.next(atMost: self.consumer == nil ? nil : Self.restTime) {
            case .job(let job): self.desk.answer(job, self.find(job))
            case .idle: break
            case .close:
                self.retire()
                return self.desk.end()
            }
            self.drainEvents()
        }
    }

    private mutating func find(_ job: ReplayDesk.Job) -> ReplayDesk.Answer {
        // Who has waited for too long costs nothing more.
        guard job.deadline > .now else { return .success(nil) }
        do throws(ChatError) {
            let consumer = try self.client()
            do throws(KafkaError) {
                defer { try? consumer.assign([:]) }
                try consumer.assign([job.request.partition: job.request.offsets.lowerBound])
                let events = try self.read(job, consumer)
                return self.desk.isClosing && events == nil ? .failure(.replayClosed) : .success(events)
            } catch {
                self.retire()
                throw .notRead(error)
            }
        } catch {
            return .failure(error)
        }
    }

    /// Reads until everything is found, or it is known, or time, that it will not be.
    /// - Throws: What the client cannot recover from.
    private func read(_ job: ReplayDesk.Job, _ consumer: ConsumerClient) throws(KafkaError) -> [EnrichedChatEvent]? {
        var fill = ReplayFill(job.request, maximumBytes: self.limits.maximumBytes)
        while !self.desk.isClosing {
            let rest = ContinuousClock.now.duration(to: job.deadline)
            guard rest > .zero else { break }
            switch try self.step(&fill, consumer, atMost: min(rest, Self.patience)) {
            case .more: break
            case .whole(let events): return events
            case .notWhole: return nil
            }
        }
        return nil
    }

    private func step(
        _ fill: inout ReplayFill,
        _ consumer: ConsumerClient,
        atMost time: Duration
    ) throws(KafkaError) -> ReplayFill.Step {
        switch consumer.poll(atMost: time) {
        case .message(let message):
            return fill.take(ChatRecord(message, policy: self.configuration.policy), size: message.size)
        case .end(let position): return fill.end(at: position)
        case .failure(let error):
            if error.kind == .fatal { throw error }
            // Anything but a place that is gone may pass while there is time.
            return error.kind == .outOfRange ? .notWhole : .more
        case nil: return .more
        }
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
