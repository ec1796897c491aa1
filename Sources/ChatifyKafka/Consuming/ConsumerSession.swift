internal import ChatifyCore
internal import Logging

/// The life of one client of a consumer; confined to the consumer's thread.
final class ConsumerSession {
    private let core: ConsumerCore
    private let role: ConsumerRole
    private let configuration: KafkaClientConfiguration
    private let log: KafkaLogLines
    private let consumer: ConsumerClient
    private var flow = FlowMachine()
    private var hasFailed = false
    private var nextCommit = ContinuousClock.now
    private var nextLook = ContinuousClock.now

    /// Makes a client and begins to read.
    /// - Throws: `ChatError` with code `configuration` if librdkafka does not take a property, else with code `unavailable`.
    init(
        _ core: ConsumerCore,
        _ role: ConsumerRole,
        _ configuration: KafkaClientConfiguration,
        _ log: KafkaLogLines
    ) throws(ChatError) {
        (self.core, self.role, self.configuration, self.log) = (core, role, configuration, log)
        let properties = try configuration.consumerProperties(group: role.group, startingAt: role.start)
        self.consumer = try ConsumerClient(properties, topic: configuration.topic)
        self.consumer.onRebalance { [unowned self] in self.rebalance($0) }
        do throws(KafkaError) {
            try self.begin()
        } catch {
            self.drainEvents()
            throw ChatError(
                .unavailable,
                "Kafka topic \(configuration.topic) cannot be read: \(error.message).",
                cause: error
            )
        }
        self.consumer.events.beginWaking(core.pipe)
        self.consumer.records.beginWaking(core.pipe)
        // For what came before.
        core.pipe.wake()
    }

    deinit {
        self.consumer.events.endWaking()
        self.consumer.records.endWaking()
    }

    private func begin() throws(KafkaError) {
        guard self.role.membership == .alone else { return try self.consumer.subscribe() }
        let offsets = try self.startingOffsets()
        try self.consumer.assign(offsets)
        self.core.state.withLock { state in
            state.commits.assigned(offsets.keys)
            state.starts = offsets
        }
    }

    /// Where a consumer that is alone begins: behind what its group has committed, else where the role says.
    private func startingOffsets() throws(KafkaError) -> PartitionOffsets {
        let deadline = ContinuousClock.now.advanced(by: self.configuration.requestTimeout)
        var offsets: PartitionOffsets = [:]
        let partitions = 0..<self.configuration.partitions
        for (partition, committed) in try self.consumer.committed(partitions, within: .rest(until: deadline)) {
            let topic = self.configuration.topic
            let held = try self.consumer.client.offsets(of: topic, partition, within: .rest(until: deadline))
            // A number rather than "the end", so that everything written from this moment on comes, whenever the first fetch is. And
            // not an offset that is gone, so that it is known where the consumer begins.
            let start = self.role.start == .beginning ? held.lowerBound : held.upperBound
            offsets[partition] =
                committed.flatMap { (held.lowerBound...held.upperBound).contains($0) ? $0 : nil } ?? start
        }
        return offsets
    }

    /// Reads until the consumer is closed or the client has failed for good.
    func run() {
        while !self.hasFailed, self.waitForWork() { self.step() }
    }

    /// Blocks until there is something to do or to look at; `false` when the consumer is to close.
    private func waitForWork() -> Bool {
        let isReading = self.flow.isReading
        let mustSleep = self.core.state.withLock { state in
            let hasRoom = !isReading && state.buffer.fill < 0.5
            let hasCommit = state.commits.isAwaited && !state.commits.isUnderWay
            state.isAsleep = !(state.isClosing || hasRoom || hasCommit)
            return state.isAsleep
        }
        // Who has something for the thread from here on wakes it, even if it does not sleep yet.
        if mustSleep { self.core.pipe.sleep(atMost: self.flow.isPolling ? .seconds(1) : .milliseconds(50)) }
        return !self.core.isClosing
    }

    private func step() {
        let now = ContinuousClock.now
        self.drainEvents()
        self.beginCommit(now)
        self.adjustFlow(now)
        if self.flow.isPolling { self.read() }
        self.core.answerWaiters(now: now)
        if now >= self.nextLook { self.look(now) }
    }

    /// The most records handed to the reader at once.
    private static let portion = 256

    /// Takes what librdkafka has, portion by portion, until there is nothing more or the buffer is full.
    private func read() {
        var hasMore = true
        while hasMore {
            let items = self.readPortion()
            hasMore = items.count == Self.portion
            guard !items.isEmpty else { break }
            self.core.append(items)
            self.adjustFlow(.now)
            if !self.flow.isReading || self.core.isClosing { break }
        }
    }

    private var portion: [ReadBuffer.Item] = []

    private func readPortion() -> [ReadBuffer.Item] {
        self.portion = []
        while self.portion.count < Self.portion {
            switch self.consumer.poll() {
            case .message(let message):
                let record = ChatRecord(message, policy: self.configuration.policy)
                self.portion.append(ReadBuffer.Item(record: record, size: message.size))
            case .failure(let error): self.failed(error)
            case .end: break
            case nil:
                if self.consumer.records.isEmpty { return self.takePortion() }
            }
        }
        return self.takePortion()
    }

    private func takePortion() -> [ReadBuffer.Item] {
        defer { self.portion = [] }
        return self.portion
    }

    private func adjustFlow(_ now: ContinuousClock.Instant) {
        let (fill, partitions) = self.core.state.withLock { ($0.buffer.fill, Array($0.commits.partitions.keys)) }
        switch self.flow.update(fill: fill, now: now) {
        case .none: return
        case .pause: self.consumer.setPaused(true, partitions)
        case .resume: self.consumer.setPaused(false, partitions)
        }
        self.core.state.withLock { $0.isPaused = self.flow.isPaused }
    }

    private func rebalance(_ change: ConsumerClient.Rebalance) {
        switch change {
        case .assigned(let partitions):
            self.core.state.withLock { $0.commits.assigned(partitions) }
            // Either way: librdkafka remembers of a partition that it was paused when it was taken away.
            self.consumer.setPaused(self.flow.isPaused, partitions)
        case .revoked(let partitions): self.commitLast(self.forget(partitions))
        case .lost(let partitions): _ = self.forget(partitions)
        }
        self.log.logger.debug("The partitions of a Kafka consumer change", metadata: ["change": "\(change)"])
    }

    private func forget(_ partitions: [Int32]) -> [LogPosition] {
        self.portion.removeAll { partitions.contains($0.record.position.partition) }
        return self.core.state.withLock { $0.revoked(partitions) }
    }

    /// Commits what is not ours any more in a moment; nobody waits for the answer.
    private func commitLast(_ positions: [LogPosition]) {
        guard !positions.isEmpty else { return }
        // A failure means that the next owner reads again what we have done.
        try? self.consumer.commit(positions.nextOffsets)
    }

    private func beginCommit(_ now: ContinuousClock.Instant) {
        // Where the reader commits, too: what the brokers did not keep is due until they do, also if the log stays quiet.
        let isDue = now >= self.nextCommit
        let positions = self.core.state.withLock { state in
            isDue || state.commits.isAwaited ? state.commits.begin() : nil
        }
        if isDue { self.nextCommit = now.advanced(by: self.configuration.commitInterval) }
        guard let positions else { return }
        do throws(KafkaError) {
            try self.consumer.commit(positions.nextOffsets)
        } catch {
            self.core.committed(error)
        }
    }

    private func drainEvents() {
        while !self.consumer.events.isEmpty {
            if let event = self.consumer.events.poll(atMost: .zero) { self.handle(event) }
        }
    }

    private func handle(_ event: KafkaEvent) {
        switch event {
        case .committed(let error): self.core.committed(error)
        case .log(let line): self.log.write(line)
        case .statistics(let json):
            if let statistics = KafkaStatistics(json: json) { self.core.state.withLock { $0.statistics = statistics } }
        case .error(let error, let isFatal):
            self.log.write(error, isFatal: isFatal)
            self.hasFailed = self.hasFailed || isFatal
            if isFatal || error.kind == .noBroker || error.kind == .denied { self.failed(error) }
        case .deliveries, .topicsMade, .other: break
        }
    }

    private func failed(_ error: KafkaError) {
        self.hasFailed = self.hasFailed || error.kind == .fatal
        self.core.fail(.notRead(error))
    }

    /// Looks how far behind the reader is.
    private func look(_ now: ContinuousClock.Instant) {
        self.nextLook = now.advanced(by: .seconds(1))
        let partitions = self.core.state.withLock { $0.commits.partitions }
        let lag = partitions.reduce(into: PartitionOffsets()) { lag, entry in
            guard let end = self.consumer.end(of: entry.key), let done = entry.value.next else { return }
            lag[entry.key] = max(0, end - done)
        }
        self.core.state.withLock { $0.lag = lag }
    }

    /// How long the last commit may take.
    private static let lastCommitTime = Duration.seconds(2)
    /// How long it may take to leave the group.
    private static let leavingTime = Duration.seconds(2)

    /// Commits what is done with and leaves the group.
    func close() {
        let deadline = ContinuousClock.now.advanced(by: Self.lastCommitTime)
        while deadline > .now, !self.hasFailed {
            self.nextCommit = .now
            self.beginCommit(.now)
            guard self.core.state.withLock({ $0.commits.isUnderWay }) else { break }
            if let event = self.consumer.events.poll(atMost: .milliseconds(50)) { self.handle(event) }
        }
        self.consumer.close(within: Self.leavingTime)
        self.forgetAll()
        self.drainEvents()
        // Nobody answers any more.
        if self.core.state.withLock({ $0.commits.isUnderWay }) { self.core.committed(.timedOut) }
    }

    private func forgetAll() {
        self.core.state.withLock { state in _ = state.revoked(Array(state.commits.partitions.keys)) }
    }
}

extension [LogPosition] {
    /// The offsets as Kafka keeps them: those of the records that come next.
    fileprivate var nextOffsets: PartitionOffsets {
        PartitionOffsets(self.map { ($0.partition, $0.offset + 1) }) { Swift.max($0, $1) }
    }
}

extension CommitMachine.Partition {
    /// The first record that nobody is done with, as far as is known.
    fileprivate var next: Int64? { self.done.map { $0 + 1 } ?? self.given?.lowerBound }
}
