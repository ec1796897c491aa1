public import ChatifyCore

/// A dead letter as it stands in its topic.
public struct KafkaDeadLetter: Sendable, Hashable {
    /// Where it stands in the topic of the dead letters.
    public var position: LogPosition
    /// The letter; what its record does not say is empty, and a source that is not said is -1.
    public var letter: DeadLetter
    /// The topic that it was read from, if the record says so.
    public var sourceTopic: String?
    /// The bytes of the value before it was cut to be kept; `nil` if it is whole.
    public var originalSize: Int?
    /// When it was kept, if the brokers say so.
    public var keptAt: Timestamp?

    /// Whether the whole value was kept, as far as the record says.
    public var isWhole: Bool { self.originalSize == nil }

    /// Where the record stood that it was made of; `nil` if that is not said.
    ///
    /// A letter that was kept just before its writer was killed may be kept once more; both have one source.
    var source: Source? {
        guard let topic = self.sourceTopic, self.letter.source.offset >= 0 else { return nil }
        return Source(topic: topic, position: self.letter.source)
    }

    /// A place in some topic.
    struct Source: Hashable {
        let topic: String
        let position: LogPosition
    }

    init(_ message: KafkaMessage) {
        func number<Number: FixedWidthInteger>(_ name: String) -> Number? {
            message.headers.last(named: name).flatMap { Number($0.text) }
        }
        self.position = LogPosition(partition: message.partition, offset: message.offset)
        self.letter = DeadLetter(
            value: message.value ?? [],
            reason: message.headers.last(named: DeadLetterHeader.reason)?.text ?? "",
            source: LogPosition(
                partition: number(DeadLetterHeader.sourcePartition) ?? -1,
                offset: number(DeadLetterHeader.sourceOffset) ?? -1
            ),
            headers: RecordHeaders(message.headers),
            key: message.key
        )
        self.sourceTopic = message.headers.last(named: DeadLetterHeader.sourceTopic)?.text
        self.originalSize = number(DeadLetterHeader.originalSize)
        self.keptAt = message.timestamp.map(Timestamp.init(millisecondsSinceEpoch:))
    }
}
