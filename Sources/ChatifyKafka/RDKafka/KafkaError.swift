internal import CLibrdkafka

/// What librdkafka or a broker answered when it could not do what was asked.
///
/// Public so that a `ChatError` may carry it as its cause; it is for logs.
public struct KafkaError: Error, Sendable, Hashable {
    /// The code: a broker's if positive, librdkafka's own if negative (`rd_kafka_resp_err_t`).
    public let code: Int32
    /// The code's name, such as `_MSG_TIMED_OUT`.
    public let name: String
    /// In words; they name brokers, topics and groups, never what a record holds.
    public let message: String

    init(code: Int32, name: String, message: String) {
        self.code = code
        self.name = name
        self.message = message
    }
}

extension KafkaError: CustomStringConvertible {
    /// The words, the name and the code.
    public var description: String { "\(self.message) (\(self.name), \(self.code))" }
}

extension KafkaError {
    /// Takes over what a call returned; `nil` if that is no error.
    init?(_ code: rd_kafka_resp_err_t, _ message: String? = nil) {
        guard code != RD_KAFKA_RESP_ERR_NO_ERROR else { return nil }
        self.init(
            code: code.rawValue,
            name: String(cString: rd_kafka_err2name(code)),
            message: message ?? String(cString: rd_kafka_err2str(code))
        )
    }

    /// Takes over an error object and destroys it; `nil` if there is none.
    init?(owning error: OpaquePointer?) {
        guard let error else { return nil }
        defer { rd_kafka_error_destroy(error) }
        self.init(rd_kafka_error_code(error), String(cString: rd_kafka_error_string(error)))
    }

    /// What kind of trouble it is, as far as somebody has to act differently.
    enum Kind {
        /// Too much is waiting already.
        case queueFull
        /// The log did not answer in time.
        case timedOut
        /// The record is larger than client or broker takes.
        case tooLarge
        /// The client is of no use any more.
        case fatal
        /// What is asked for is there already.
        case exists
        /// The brokers do not know how to do that.
        case unsupported
        /// The topic or partition is not known, or not yet.
        case unknownTopic
        /// The brokers do not let us.
        case denied
        /// No broker can be reached.
        case noBroker
        /// There is nothing more in a partition at the moment.
        case endOfPartition
        /// The log does not hold that place, or not any more.
        case outOfRange
        case other
    }

    var kind: Kind {
        switch rd_kafka_resp_err_t(rawValue: self.code) {
        case RD_KAFKA_RESP_ERR__QUEUE_FULL: .queueFull
        case RD_KAFKA_RESP_ERR__MSG_TIMED_OUT, RD_KAFKA_RESP_ERR__TIMED_OUT, RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT:
            .timedOut
        case RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE, RD_KAFKA_RESP_ERR_RECORD_LIST_TOO_LARGE: .tooLarge
        case RD_KAFKA_RESP_ERR__FATAL: .fatal
        case RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS: .exists
        case RD_KAFKA_RESP_ERR__UNSUPPORTED_FEATURE, RD_KAFKA_RESP_ERR_UNSUPPORTED_VERSION: .unsupported
        case RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC, RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART,
            RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION, RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE:
            .unknownTopic
        case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED, RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED,
            RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED, RD_KAFKA_RESP_ERR__AUTHENTICATION,
            RD_KAFKA_RESP_ERR_SASL_AUTHENTICATION_FAILED:
            .denied
        case RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN: .noBroker
        case RD_KAFKA_RESP_ERR__PARTITION_EOF: .endOfPartition
        case RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET, RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE: .outOfRange
        default: .other
        }
    }

    /// Whether the same request may be answered well a moment later.
    var mayPass: Bool {
        switch self.kind {
        case .unknownTopic, .timedOut, .noBroker, .other: true
        case .queueFull, .tooLarge, .fatal, .exists, .unsupported, .denied, .endOfPartition, .outOfRange: false
        }
    }
}
