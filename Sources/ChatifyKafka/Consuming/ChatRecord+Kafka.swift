internal import ChatifyCore

extension ChatRecord {
    /// Makes of a record of the topic what consumers are given: an event, or bytes that are none and why.
    init(_ message: KafkaMessage, policy: ChatPolicy) {
        self.init(
            position: LogPosition(partition: message.partition, offset: message.offset),
            payload: Self.payload(message.value, policy),
            headers: RecordHeaders(message.headers),
            key: message.key
        )
    }

    private static func payload(_ value: [UInt8]?, _ policy: ChatPolicy) -> Payload {
        guard let value, !value.isEmpty else { return .undecodable(value: [], reason: "The record has no value.") }
        do throws(ChatEventDecodingError) {
            return .event(try ChatEventCodec.decode(value, policy: policy))
        } catch {
            return .undecodable(value: value, reason: error.reason)
        }
    }
}
