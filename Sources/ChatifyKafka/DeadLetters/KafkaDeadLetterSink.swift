public import ChatifyCore

/// Keeps dead letters in a topic of their own: key and value as they were read, the reason and the source in headers.
public struct KafkaDeadLetterSink: Sendable {
    private let sender: RecordSender
    private let topic: String
    private let source: String

    init(sender: RecordSender, _ configuration: KafkaClientConfiguration) {
        self.sender = sender
        self.topic = configuration.deadLetters
        self.source = configuration.topic
    }
}

extension KafkaDeadLetterSink: DeadLetterSink {
    /// Keeps one dead letter; returns when all brokers in charge have it.
    ///
    /// A value that is too large for the topic is cut to half its size until it fits, and a header says how large it was: a letter that can
    /// never be kept would hold up its partition for ever.
    /// - Throws: `ChatError` with code `unavailable`, or `cancelled` when the task is.
    public func send(_ letter: DeadLetter) async throws(ChatError) {
        var record = letter.record(in: self.topic, from: self.source)
        while true {
            do throws(KafkaSendError) {
                _ = try await self.sender.send(record)
                return
            } catch {
                guard error.isAboutSize, !record.value.isEmpty else { throw error.chatError(.unavailable) }
                record.cut(to: record.value.count / 2, of: letter.value.count)
            }
        }
    }
}

/// The names of the headers that a dead letter has beside those of its record.
enum DeadLetterHeader {
    static let reason = "reason"
    static let sourceTopic = "source-topic"
    static let sourcePartition = "source-partition"
    static let sourceOffset = "source-offset"
    /// The bytes of the value before it was cut.
    static let originalSize = "original-size"
}

extension DeadLetter {
    /// The letter as it is kept.
    func record(in topic: String, from source: String) -> OutgoingRecord {
        let headers = [
            KafkaHeader(DeadLetterHeader.reason, self.reason),
            KafkaHeader(DeadLetterHeader.sourceTopic, source),
            KafkaHeader(DeadLetterHeader.sourcePartition, "\(self.source.partition)"),
            KafkaHeader(DeadLetterHeader.sourceOffset, "\(self.source.offset)"),
        ]
        return OutgoingRecord(
            topic: topic,
            key: self.key,
            value: self.value,
            headers: headers + self.headers.kafkaHeaders
        )
    }
}

extension OutgoingRecord {
    fileprivate mutating func cut(to count: Int, of original: Int) {
        self.value = Array(self.value.prefix(count))
        self.headers.removeAll { $0.name == DeadLetterHeader.originalSize }
        self.headers.append(KafkaHeader(DeadLetterHeader.originalSize, "\(original)"))
    }
}
