internal import ChatifyCore
internal import Logging

/// What the thread of a ``RecordSender`` does: takes in what librdkafka says, and makes a new client when one has failed for good.
struct SenderThread: ~Copyable {
    private let sender: RecordSender
    private let properties: [KafkaProperty]
    private let log: KafkaLogLines
    private var connection: SenderConnection?
    private var watch = ConnectionWatch()
    private var hasFailed = false
    private var nextLook = ContinuousClock.now

    init(_ sender: RecordSender, _ connection: SenderConnection, _ properties: [KafkaProperty], _ logger: Logger) {
        self.sender = sender
        self.properties = properties
        self.log = KafkaLogLines(logger: logger)
        self.connection = connection
        sender.use(connection)
    }

    /// How long the thread waits at most before it looks whether it is to end.
    private static let patience = Duration.milliseconds(500)
    /// How long messages that were given up may take to be reported.
    private static let purgeTime = Duration.seconds(2)

    /// Works until the sender is closed and all sends are answered.
    consuming func run() {
        while self.sender.deadline == nil { self.step() }
        self.flush()
        self.retire()
        self.sender.endAll()
    }

    private mutating func step() {
        self.expire()
        guard let queue = self.connection?.queue else { return self.reconnect() }
        if let event = queue.poll(atMost: Self.patience) { self.handle(event) }
        if self.hasFailed {
            self.hasFailed = false
            self.retire()
            self.reconnect()
        }
    }

    /// Fails the sends whose time is over, twice a second.
    private mutating func expire() {
        let now = ContinuousClock.now
        guard now >= self.nextLook else { return }
        self.nextLook = now.advanced(by: Self.patience)
        self.sender.expire(now: now)
    }

    private mutating func handle(_ event: KafkaEvent) {
        switch event {
        case .deliveries(let deliveries):
            self.sender.end(deliveries)
            if deliveries.contains(where: { $0.error == nil }) { self.watch.delivered() }
        case .log(let line):
            self.log.write(line)
            guard line.isAboutConnections else { break }
            self.sender.note(failure: line.words)
            self.log.write(self.watch.failed(), line)
        case .statistics(let json):
            guard let statistics = KafkaStatistics(json: json) else { break }
            self.sender.note(statistics)
            self.log.write(self.watch.saw(statistics.brokers))
        case .error(let error, let isFatal):
            self.hasFailed = self.hasFailed || isFatal
            self.log.write(error, isFatal: isFatal)
        case .committed, .topicsMade, .other: break
        }
    }

    /// Waits until everything is sent, or the time for that is over.
    private mutating func flush() {
        guard let connection = self.connection else { return }
        while connection.client.outstanding > 0, let deadline = self.sender.deadline, deadline > .now {
            let rest = ContinuousClock.now.duration(to: deadline)
            if let event = connection.queue.poll(atMost: min(rest, .milliseconds(50))) { self.handle(event) }
        }
    }

    /// Gives up what the client has not sent, and lets go of it.
    private mutating func retire() {
        guard var connection = self.connection.take() else { return }
        self.sender.use(nil)
        connection.client.purge()
        let deadline = ContinuousClock.now.advanced(by: Self.purgeTime)
        // A caller may still hold the client for the moment of one call; its last owner is to be this thread.
        while !isKnownUniquelyReferenced(&connection) || connection.client.outstanding > 0, deadline > .now {
            if let event = connection.queue.poll(atMost: .milliseconds(10)) { self.handle(event) }
        }
    }

    private mutating func reconnect() {
        do throws(ChatError) {
            let connection = try SenderConnection(self.properties)
            self.connection = connection
            self.sender.use(connection)
            self.log.logger.notice("Made a new Kafka client after the last one failed for good")
        } catch {
            self.log.logger.error("Cannot make a Kafka client", metadata: ["error": "\(error)"])
            self.pause()
        }
    }

    /// Waits a second, or until the sender is closed.
    private func pause() {
        let (pause, sender) = (Monitor(false), self.sender)
        for _ in 0..<10 where sender.deadline == nil {
            _ = pause.wait(atMost: .milliseconds(100)) { $0 ? true : nil }
        }
    }
}
