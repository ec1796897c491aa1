internal import ChatifyCore

extension KafkaClientConfiguration {
    /// The properties of the client that writes (contracts §5).
    func producerProperties() throws(ChatError) -> [KafkaProperty] {
        try self.properties(with: [
            KafkaProperty("acks", "all"),
            KafkaProperty("enable.idempotence", "true"),
            KafkaProperty("compression.codec", "snappy"),
            KafkaProperty("partitioner", "consistent_random"),
            KafkaProperty("linger.ms", self.linger.milliseconds),
            KafkaProperty("delivery.timeout.ms", self.deliveryTimeout.milliseconds),
            KafkaProperty("queue.buffering.max.messages", "\(self.maximumInFlight)"),
            KafkaProperty("queue.buffering.max.kbytes", "\((self.maximumInFlightBytes + 1023) / 1024)"),
            KafkaProperty("message.max.bytes", "\(self.maximumRecordBytes)"),
            // To ask for a topic is not to make it: brokers would give it as many partitions as they think right.
            KafkaProperty("allow.auto.create.topics", "false"),
        ])
    }

    /// The properties of a client that reads.
    ///
    /// Offsets are committed by ``CommitMachine`` alone, also where the contract says "auto commit".
    func consumerProperties(group: String, startingAt start: LogStart) throws(ChatError) -> [KafkaProperty] {
        try self.properties(with: [
            KafkaProperty("group.id", group),
            KafkaProperty("auto.offset.reset", start == .beginning ? "earliest" : "latest"),
            KafkaProperty("enable.auto.commit", "false"),
            KafkaProperty("enable.auto.offset.store", "false"),
            KafkaProperty("enable.partition.eof", "false"),
            try self.rebalancing.property(),
            KafkaProperty("fetch.min.bytes", "1"),
            KafkaProperty("fetch.wait.max.ms", "100"),
            // What librdkafka itself reads ahead of us; a pause throws it away, so it is not to be much more than our buffer.
            KafkaProperty("queued.min.messages", "\(min(10_000_000, self.maximumBufferedRecords))"),
            KafkaProperty("queued.max.messages.kbytes", "\(min(2_097_151, (self.maximumBufferedBytes + 1023) / 1024))"),
        ])
    }

    /// The properties of a client that reads the dead letters once; it commits nothing under its group's name.
    func deadLetterProperties() throws(ChatError) -> [KafkaProperty] {
        try self.properties(with: [
            KafkaProperty("group.id", "chatify-dead-letters"),
            KafkaProperty("auto.offset.reset", "earliest"),
            KafkaProperty("enable.auto.commit", "false"),
            KafkaProperty("enable.partition.eof", "true"),
            KafkaProperty("fetch.wait.max.ms", "100"),
        ])
    }

    /// The properties of a client that reads parts of the log again; it commits nothing under its group's name.
    func replayProperties(_ limits: KafkaReplayLimits) throws(ChatError) -> [KafkaProperty] {
        try self.properties(with: [
            KafkaProperty("group.id", "chatify-replay"),
            // A place that is gone has to be known, not passed over.
            KafkaProperty("auto.offset.reset", "error"),
            KafkaProperty("enable.auto.commit", "false"),
            KafkaProperty("enable.auto.offset.store", "false"),
            KafkaProperty("enable.partition.eof", "true"),
            KafkaProperty("fetch.min.bytes", "1"),
            KafkaProperty("fetch.wait.max.ms", "100"),
            // librdkafka pauses, for up to a second, when it has read that much ahead.
            KafkaProperty("queued.min.messages", "\(min(10_000_000, limits.maximumRecords))"),
            KafkaProperty("queued.max.messages.kbytes", "\(min(2_097_151, (limits.maximumBytes + 1023) / 1024))"),
            KafkaProperty("statistics.interval.ms", "0"),
        ])
    }

    /// The properties common to all clients, `own` and those of the operator, in this order.
    private func properties(with own: [KafkaProperty]) throws(ChatError) -> [KafkaProperty] {
        for name in self.properties.keys.sorted() where Self.fixed.contains(name) {
            throw ChatError(.configuration, "Kafka property \(name) is Chatify's own and cannot be set.")
        }
        let common = [
            KafkaProperty("bootstrap.servers", self.bootstrapServers),
            KafkaProperty("client.id", "chatify"),
            KafkaProperty("log.queue", "true"),
            // Ten seconds between attempts would be long for a chat.
            KafkaProperty("reconnect.backoff.max.ms", "1000"),
            // Brokers end idle connections; that is nothing to tell an operator.
            KafkaProperty("log.connection.close", "false"),
            KafkaProperty("statistics.interval.ms", self.statisticsInterval.milliseconds),
        ]
        let extra = self.properties.sorted { $0.key < $1.key }.map { KafkaProperty($0.key, $0.value) }
        return common + self.security.properties + own + extra
    }

    /// The properties that are settings of ours or that the contract's promises hang on.
    private static let fixed: Set<String> = [
        "bootstrap.servers", "metadata.broker.list", "group.id", "acks", "request.required.acks", "enable.idempotence",
        "partitioner", "enable.auto.commit", "auto.commit.enable", "enable.auto.offset.store", "auto.offset.reset",
        "enable.partition.eof", "partition.assignment.strategy", "linger.ms", "queue.buffering.max.ms",
        "delivery.timeout.ms", "message.timeout.ms", "log.queue", "transactional.id", "test.mock.num.brokers",
    ]
}

extension Duration {
    /// The whole milliseconds, as librdkafka reads them.
    var milliseconds: String { "\(self.inMilliseconds)" }

    /// The whole milliseconds, as C takes them.
    var inMilliseconds: Int32 {
        let (seconds, attoseconds) = self.components
        return Int32(clamping: seconds * 1000 + attoseconds / 1_000_000_000_000_000)
    }

    /// The time that is left; never none, for which librdkafka has another meaning.
    static func rest(until deadline: ContinuousClock.Instant) -> Duration {
        max(.milliseconds(1), ContinuousClock.now.duration(to: deadline))
    }
}
