internal import ChatifyCore

/// Why a record was not acknowledged.
enum KafkaSendError: Error, Sendable, Hashable {
    /// librdkafka or a broker says so.
    case refused(KafkaError)
    /// The brokers have it but do not say where.
    case unplaced
    /// The client failed for good, and the next one is not made yet.
    case restarting
    /// The log was closed.
    case closed
    /// The task was cancelled.
    case cancelled

    /// Whether a record that is smaller would be taken.
    var isAboutSize: Bool {
        if case .refused(let error) = self { error.kind == .tooLarge } else { false }
    }

    /// The failure under that code, in words for clients.
    func chatError(_ code: ChatError.Code) -> ChatError {
        switch self {
        case .refused(let error): ChatError(code, error.reasonOfRefusal, cause: error)
        case .unplaced: ChatError(code, "The log took the message without saying where; it may come.")
        case .restarting: ChatError(code, "The log's client is starting anew; try again.")
        case .closed: ChatError(code, "The log is closed; the message may or may not be in it.")
        case .cancelled: ChatError(.cancelled, "Sending was cancelled; the message may or may not be in the log.")
        }
    }
}

extension KafkaError {
    fileprivate var reasonOfRefusal: String {
        switch self.kind {
        case .queueFull: "The log's queue is full; try again later."
        case .timedOut: "The log did not acknowledge in time; the message may or may not be in it."
        case .tooLarge: "The message is too large for the log."
        case .unknownTopic: "The log's topic is not there."
        case .denied: "The log does not let this server write."
        case .fatal, .exists, .unsupported, .noBroker, .endOfPartition, .outOfRange, .other:
            "The log did not acknowledge; try again."
        }
    }
}
