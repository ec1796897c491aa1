internal import CLibrdkafka

/// What librdkafka has to tell.
enum KafkaEvent {
    /// What became of messages.
    case deliveries([Delivery])
    /// A line of log.
    case log(LogLine)
    /// Statistics as JSON.
    case statistics([UInt8])
    /// Something is wrong with the client, the brokers or the group.
    case error(KafkaError, isFatal: Bool)
    /// A commit of offsets has ended.
    case committed(KafkaError?)
    /// An attempt to make topics has ended, for each in the order they were given.
    case topicsMade([KafkaError?])
    /// Something that nobody asked for.
    case other

    /// What became of one message.
    struct Delivery: Sendable, Hashable {
        let token: UInt
        let partition: Int32
        /// Where it stands; negative if the broker did not say.
        let offset: Int64
        let error: KafkaError?
    }

    /// One line of librdkafka's log.
    struct LogLine: Sendable, Hashable {
        /// 0, the most severe, to 7 (RFC 5424).
        let severity: Int32
        let facility: String
        let text: String
    }

    init(_ event: OpaquePointer) {
        switch rd_kafka_event_type(event) {
        case RD_KAFKA_EVENT_DR: self = .deliveries(Self.deliveries(event))
        case RD_KAFKA_EVENT_LOG: self = Self.log(event)
        case RD_KAFKA_EVENT_STATS:
            self = .statistics(rd_kafka_event_stats(event).map { Array(String(cString: $0).utf8) } ?? [])
        case RD_KAFKA_EVENT_ERROR: self = Self.error(event)
        case RD_KAFKA_EVENT_OFFSET_COMMIT: self = .committed(KafkaError(rd_kafka_event_error(event)))
        case RD_KAFKA_EVENT_CREATETOPICS_RESULT: self = .topicsMade(Self.topics(event))
        default: self = .other
        }
    }

    private static func deliveries(_ event: OpaquePointer) -> [Delivery] {
        var deliveries: [Delivery] = []
        deliveries.reserveCapacity(rd_kafka_event_message_count(event))
        while let message = rd_kafka_event_message_next(event)?.pointee {
            deliveries.append(
                Delivery(
                    token: UInt(bitPattern: message._private),
                    partition: message.partition,
                    offset: message.offset,
                    error: KafkaError(message.err)
                )
            )
        }
        return deliveries
    }

    private static func log(_ event: OpaquePointer) -> KafkaEvent {
        var (facility, text): (UnsafePointer<CChar>?, UnsafePointer<CChar>?) = (nil, nil)
        var severity: Int32 = 0
        guard rd_kafka_event_log(event, &facility, &text, &severity) == 0, let facility, let text else { return .other }
        return .log(LogLine(severity: severity, facility: String(cString: facility), text: String(cString: text)))
    }

    private static func error(_ event: OpaquePointer) -> KafkaEvent {
        let message = rd_kafka_event_error_string(event).map { String(cString: $0) }
        guard let error = KafkaError(rd_kafka_event_error(event), message) else { return .other }
        return .error(error, isFatal: rd_kafka_event_error_is_fatal(event) != 0 || error.kind == .fatal)
    }

    private static func topics(_ event: OpaquePointer) -> [KafkaError?] {
        // The whole attempt may have failed; then there is no topic to ask.
        if let error = KafkaError(rd_kafka_event_error(event)) { return [error] }
        var count = 0
        guard let result = rd_kafka_event_CreateTopics_result(event),
            let topics = rd_kafka_CreateTopics_result_topics(result, &count)
        else { return [] }
        return (0..<count).map { index in
            guard let topic = topics[index] else { return nil }
            let message = rd_kafka_topic_result_error_string(topic).map { String(cString: $0) }
            return KafkaError(rd_kafka_topic_result_error(topic), message)
        }
    }
}
