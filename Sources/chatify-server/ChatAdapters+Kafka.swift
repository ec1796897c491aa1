internal import ChatifyCore
internal import ChatifyKafka
internal import ChatifyServer
internal import Logging

extension ChatAdapters {
    /// Reads and writes the log in Kafka, and keeps dead letters there.
    mutating func log(
        inKafka configuration: ServerConfiguration,
        _ logger: Logger
    ) async throws(ChatError) {
        let log = try await KafkaLog.open(KafkaClientConfiguration(configuration), logger: logger)
        self.closing { await log.close(within: configuration.server.shutdownGrace) }
        self.producer = log.producer
        var replayLimits = KafkaReplayLimits()
        replayLimits.maximumBytes = configuration.broker.replayBytes
        let replaySource = log.makeReplaySource(replayLimits)
        self.replaySource = replaySource
        self.closing { await replaySource.close() }
        self.deadLetters = log.deadLetters
        let pod = self.podIdentity.podID
        let broadcast = try await log.makeConsumer(
            group: configuration.broadcastGroup(of: pod),
            startingAt: .end,
            commits: .automatic,
            membership: .alone
        )
        self.broadcastConsumer = broadcast
        self.closing { await broadcast.close() }
        // A history that only this pod can read is whole only if this pod writes all of it (contracts §5).
        let isShared = self.history.guarantees.isShared
        let history = try await log.makeConsumer(
            group: isShared ? configuration.historyGroup : "\(configuration.historyGroup)-\(pod)",
            startingAt: .beginning,
            commits: .manual,
            membership: isShared ? .shared : .alone
        )
        self.historyConsumer = history
        // Both at one time: without brokers each takes the time that it may.
        self.closing {
            async let isBroadcastClosed: Void = broadcast.close()
            async let isHistoryClosed: Void = history.close()
            _ = await (isBroadcastClosed, isHistoryClosed)
        }
        let gauges = KafkaGauges(log, consumers: ["broadcast": broadcast, "history": history])
        self.metricUpdates.append { gauges.update() }
        self.replaceHealthCheck("log (in memory)") {
            HealthCheck(name: "log (Kafka)") { try await log.check() }
        }
    }
}

extension KafkaClientConfiguration {
    /// The settings of a server, as the client takes them.
    init(_ configuration: ServerConfiguration) {
        let broker = configuration.broker
        self.init(bootstrapServers: broker.bootstrapServers ?? "")
        self.topic = broker.topic
        self.partitions = configuration.partitions
        self.replicationFactor = broker.replicationFactor
        self.createsTopics = broker.createsTopics
        self.linger = broker.linger
        self.deliveryTimeout = broker.deliveryTimeout
        self.policy = configuration.chat.policy
        self.security.transport = broker.security["protocol"]
        self.security.mechanism = broker.security["mechanism"]
        self.security.username = broker.security["username"]
        self.security.password = broker.security["password"]
        self.security.certificateAuthorityFile = broker.security["cafile"]
        self.security.certificateFile = broker.security["certificatefile"]
        self.security.keyFile = broker.security["keyfile"]
        self.security.keyPassword = broker.security["keypassword"]
        self.properties = broker.properties
    }
}
