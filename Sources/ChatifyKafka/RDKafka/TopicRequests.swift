internal import CLibrdkafka
internal import ChatifyCore

/// A topic that is to be made.
struct NewTopic: Sendable, Hashable {
    let name: String
    let partitions: Int32
    /// -1 for as many copies as the brokers say.
    let replicationFactor: Int32
}

// Requests that block; for threads of our own.
extension KafkaClient {
    /// Asks the brokers to make topics, and returns what became of each, in their order.
    func makeTopics(_ topics: [NewTopic], within time: Duration) -> [KafkaError?] {
        let answers = EventQueue.answers(of: self)
        let options = rd_kafka_AdminOptions_new(self.pointer, RD_KAFKA_ADMIN_OP_CREATETOPICS)
        defer { rd_kafka_AdminOptions_destroy(options) }
        // Fails only for a time out of range, and then the default holds.
        rd_kafka_AdminOptions_set_request_timeout(options, time.inMilliseconds, nil, 0)
        var pointers = topics.map { rd_kafka_NewTopic_new($0.name, $0.partitions, $0.replicationFactor, nil, 0) }
        defer { for pointer in pointers { pointer.map(rd_kafka_NewTopic_destroy) } }
        rd_kafka_CreateTopics(self.pointer, &pointers, pointers.count, options, answers.pointer)
        guard case .topicsMade(let results) = answers.poll(atMost: time + .seconds(1)) else {
            return [KafkaError(RD_KAFKA_RESP_ERR__TIMED_OUT)]
        }
        return results
    }

    /// The number of partitions that a topic has.
    func partitions(of topic: String, within time: Duration) throws(KafkaError) -> Int32 {
        let handle = rd_kafka_topic_new(self.pointer, topic, nil)
        defer { handle.map(rd_kafka_topic_destroy) }
        var metadata: UnsafePointer<rd_kafka_metadata>?
        let code = rd_kafka_metadata(self.pointer, 0, handle, &metadata, time.inMilliseconds)
        defer { metadata.map(rd_kafka_metadata_destroy) }
        if let error = KafkaError(code) { throw error }
        guard let metadata, metadata.pointee.topic_cnt == 1 else { throw .unknownTopic }
        let found = metadata.pointee.topics[0]
        if let error = KafkaError(found.err) { throw error }
        return found.partition_cnt
    }

    /// The first and the next offset of a partition.
    ///
    /// Brokers that have just made a topic, or moved a partition, may not all know of it yet: asked again until the time is over.
    func offsets(of topic: String, _ partition: Int32, within time: Duration) throws(KafkaError) -> Range<Int64> {
        let (deadline, pause) = (ContinuousClock.now.advanced(by: time), Monitor(false))
        while true {
            var (low, high): (Int64, Int64) = (0, 0)
            let rest = Duration.rest(until: deadline).inMilliseconds
            let code = rd_kafka_query_watermark_offsets(self.pointer, topic, partition, &low, &high, rest)
            guard let error = KafkaError(code) else { return low..<max(low, high) }
            guard error.mayPass, deadline > .now else { throw error }
            _ = pause.wait(atMost: .milliseconds(100)) { $0 ? true : nil }
        }
    }
}

extension KafkaError {
    fileprivate static var unknownTopic: KafkaError {
        KafkaError(code: RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC.rawValue, name: "_UNKNOWN_TOPIC", message: "Unknown topic")
    }

    /// Nobody answered while there was time.
    static var timedOut: KafkaError {
        KafkaError(code: RD_KAFKA_RESP_ERR__TIMED_OUT.rawValue, name: "_TIMED_OUT", message: "Timed out")
    }
}
