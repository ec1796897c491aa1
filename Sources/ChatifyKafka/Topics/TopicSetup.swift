internal import ChatifyCore
internal import Logging

/// Sees to it that the topics are there, and as the settings say; on a thread of our own.
struct TopicSetup: Sendable {
    let client: KafkaClient
    let configuration: KafkaClientConfiguration
    let logger: Logger

    /// Makes the topics if that is wanted, and checks the log's; takes the time for one request at most.
    func run() throws(ChatError) {
        let now = ContinuousClock.now
        let time = self.configuration.requestTimeout
        // What was asked for may come after that half.
        if self.configuration.createsTopics { self.make(until: now.advanced(by: time / 2)) }
        try self.check(until: now.advanced(by: time))
    }

    /// Makes those that are missing; brokers that cannot are not asked for what is there.
    private func make(until deadline: ContinuousClock.Instant) {
        let copies = self.configuration.replicationFactor.map(Int32.init) ?? -1
        let wanted = [
            NewTopic(
                name: self.configuration.topic,
                partitions: self.configuration.partitions,
                replicationFactor: copies
            ),
            NewTopic(name: self.configuration.deadLetters, partitions: 1, replicationFactor: copies),
        ]
        let topics = wanted.filter { self.isMissing($0.name, until: deadline) }
        guard !topics.isEmpty else { return }
        let results = self.client.makeTopics(topics, within: .rest(until: deadline))
        for case let error? in results where error.kind != .exists {
            // Not the end: the topics may be there, or come by themselves. The check below decides.
            self.logger.warning("Cannot make Kafka topics", metadata: ["error": "\(error)"])
        }
    }

    private func isMissing(_ topic: String, until deadline: ContinuousClock.Instant) -> Bool {
        do throws(KafkaError) {
            _ = try self.client.partitions(of: topic, within: .rest(until: deadline))
            return false
        } catch {
            return error.kind == .unknownTopic
        }
    }

    /// Asks for the log's topic until it is there or the time is over.
    private func check(until deadline: ContinuousClock.Instant) throws(ChatError) {
        let pause = Monitor(false)
        // Whether the brokers have answered that there is no such topic; the last of many answers may come too late.
        var isMissing = false
        while true {
            let topic = self.configuration.topic
            switch TopicCheck(self.ask(until: deadline), of: topic, expected: self.configuration.partitions) {
            case .fits: return
            case .wrong(let reason): throw ChatError(.configuration, reason)
            case .unreachable(let error) where !isMissing:
                throw ChatError(
                    .unavailable,
                    "Kafka at \(self.configuration.bootstrapServers) is out of reach.",
                    cause: error
                )
            case .pending(let error), .unreachable(let error):
                isMissing = true
                guard deadline > .now else {
                    throw ChatError(.configuration, "Kafka topic \(topic) is not there.", cause: error)
                }
                _ = pause.wait(atMost: .milliseconds(100)) { $0 ? true : nil }
            }
        }
    }

    private func ask(until deadline: ContinuousClock.Instant) -> Result<Int32, KafkaError> {
        do throws(KafkaError) {
            return .success(
                try self.client.partitions(of: self.configuration.topic, within: .rest(until: deadline))
            )
        } catch {
            return .failure(error)
        }
    }
}
