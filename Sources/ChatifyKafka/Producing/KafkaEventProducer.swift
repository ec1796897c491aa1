public import ChatifyCore

/// Appends events to the log in Kafka: durable as the brokers are, shared by all who use the topic.
///
/// A send is answered when all brokers in charge of its partition have it. A send that is repeated by librdkafka is stored once.
public struct KafkaEventProducer: Sendable {
    let sender: RecordSender
    let topic: String
    let partitions: Int32
}

extension KafkaEventProducer: ChatEventProducer {
    /// Durable and shared.
    public var guarantees: LogGuarantees { LogGuarantees(isDurable: true, isShared: true) }

    /// The partition of that scope id, as librdkafka's default partitioner chooses it.
    public func partition(of scopeID: ScopeID) -> Int32? { CRC32.partition(of: scopeID, among: self.partitions) }

    /// Appends `event`; returns when all brokers in charge have acknowledged it.
    ///
    /// - Throws: `ChatError` with code `eventProductionFailed`, and the reason in words; with code `cancelled` when the task is.
    public func produce(_ event: ChatEvent, headers: RecordHeaders) async throws(ChatError) -> LogPosition {
        let record = OutgoingRecord(
            topic: self.topic,
            key: Array(event.scope.id.rawValue.utf8),
            value: ChatEventCodec.encode(event),
            headers: headers.kafkaHeaders
        )
        do throws(KafkaSendError) {
            return try await self.sender.send(record)
        } catch {
            throw error.chatError(.eventProductionFailed)
        }
    }
}
