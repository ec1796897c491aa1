public import ChatifyCore

/// The dead letters that were kept, to look at and to send again.
public struct KafkaDeadLetterQueue: Sendable {
    let log: KafkaLog

    /// Reads at most `limit` letters, those of each partition in their order.
    ///
    /// Of letters with one source only the first is returned: a writer that is killed before it commits has the letter kept once more.
    /// - Parameters:
    ///   - after: The last letter seen of each partition; of others from the oldest that the topic holds.
    ///   - limit: The most letters to return.
    ///   - isWanted: Which letters to return; called on another thread.
    /// - Throws: `ChatError` with code `unavailable` if the topic cannot be read, and with code `configuration` if it is not there.
    public func letters(
        after: [LogPosition] = [],
        limit: Int,
        where isWanted: @escaping @Sendable (KafkaDeadLetter) -> Bool = { _ in true }
    ) async throws(ChatError) -> [KafkaDeadLetter] {
        let configuration = self.log.configuration
        return try await self.log.onThread { client throws(ChatError) in
            let begin = try Self.begin(of: configuration, client, after)
            guard limit > 0, !begin.isEmpty else { return [] }
            return try DeadLetterReader(configuration, begin).read(limit: limit, where: isWanted)
        }
    }

    /// Why a value would become a dead letter again; `nil` for an event.
    public func defect(of value: [UInt8]) -> String? {
        do throws(ChatEventDecodingError) {
            _ = try ChatEventCodec.decode(value, policy: self.log.configuration.policy)
            return nil
        } catch {
            return error.reason
        }
    }

    /// Writes a letter to the log again under its key; without one an event goes under its scope, and anything else to the partition it
    /// came from.
    ///
    /// The letter stays where it is; sending it again twice gives two records.
    /// - Parameters:
    ///   - letter: The letter, as it was read.
    ///   - value: What to write instead of the letter's own value; an event goes under its scope then.
    /// - Throws: `ChatError` with code `eventProductionFailed`, and the reason in words.
    public func requeue(_ letter: KafkaDeadLetter, value: [UInt8]? = nil) async throws(ChatError) -> LogPosition {
        do throws(KafkaSendError) {
            let record = letter.letter.record(againIn: self.log.configuration, replacing: value)
            return try await self.log.sender.send(record)
        } catch {
            throw error.chatError(.eventProductionFailed)
        }
    }

    /// Where to begin in each partition that holds something new.
    private static func begin(
        of configuration: KafkaClientConfiguration,
        _ client: KafkaClient,
        _ after: [LogPosition]
    ) throws(ChatError) -> PartitionOffsets {
        let (topic, time) = (configuration.deadLetters, configuration.requestTimeout)
        var begin: PartitionOffsets = [:]
        do throws(KafkaError) {
            for partition in 0..<(try client.partitions(of: topic, within: time)) {
                let held = try client.offsets(of: topic, partition, within: time)
                let seen = after.filter { $0.partition == partition }.map(\.offset).max() ?? -1
                let first = max(held.lowerBound, seen + 1)
                if first < held.upperBound { begin[partition] = first }
            }
            return begin
        } catch {
            if error.kind == .unknownTopic { throw ChatError(.configuration, "Kafka topic \(topic) is not there.") }
            throw .notRead(error)
        }
    }
}

extension DeadLetter {
    /// The letter, or its new value, as a record of the log.
    fileprivate func record(
        againIn configuration: KafkaClientConfiguration,
        replacing newValue: [UInt8]?
    ) -> OutgoingRecord {
        let value = newValue ?? self.value
        let event = try? ChatEventCodec.decode(value, policy: configuration.policy)
        let scope = event.map { Array($0.scope.id.rawValue.utf8) }
        let key = newValue == nil ? self.key ?? scope : scope ?? self.key
        let isPlaced = (0..<configuration.partitions).contains(self.source.partition)
        return OutgoingRecord(
            topic: configuration.topic,
            partition: key == nil && isPlaced ? self.source.partition : nil,
            key: key,
            value: value,
            headers: self.headers.kafkaHeaders
        )
    }
}
