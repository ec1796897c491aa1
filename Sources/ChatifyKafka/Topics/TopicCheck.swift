internal import ChatifyCore

/// What an answer about a topic means.
enum TopicCheck: Equatable {
    /// It is as it should be.
    case fits
    /// It is not there yet; ask again.
    case pending(KafkaError)
    /// It will not do; says why.
    case wrong(String)
    /// The brokers cannot be asked.
    case unreachable(KafkaError)

    /// Judges an answer.
    /// - Parameter expected: The number of partitions it has to have.
    init(_ answer: Result<Int32, KafkaError>, of topic: String, expected: Int32) {
        switch answer {
        case .success(expected): self = .fits
        case .success(let found):
            self = .wrong(
                "Kafka topic \(topic) has \(found) partitions, not \(expected): set Partitions to \(found), or choose another topic."
            )
        case .failure(let error):
            switch error.kind {
            case .unknownTopic: self = .pending(error)
            case .denied: self = .wrong("Kafka topic \(topic) is closed to us: \(error.message).")
            case .queueFull, .timedOut, .tooLarge, .fatal, .exists, .unsupported, .noBroker, .endOfPartition,
                .outOfRange, .other:
                self = .unreachable(error)
            }
        }
    }
}
