public import ChatifyCore

/// The dead letters that were kept, to look at and to send again.
public struct KafkaDeadLetterQueue: Sendable {
    let log: KafkaLog

    /// Reads at most `limit` letters, those of each partition in their order.
    ///
    /// - Parameters:
    ///   - after: The last letter seen of each partition; of others from the oldest that the topic holds.
    ///   - limit: The most letters to read.
    /// - Throws: `ChatError` with code `unavailable` if the topic cannot be read.
    public func letters(after: [LogPosition] = [], limit: Int) async throws(ChatError) -> [KafkaDeadLetter] {
        let configuration = self.log.configuration
        return try await self.log.onThread { client throws(ChatError) in
            let begin = try Self.begin(of: configuration, client, after)
            guard limit > 0, !begin.isEmpty else { return [] }
            return try DeadLetterReader(configuration, begin).read(limit: limit)
        }
    }

    /// Writes the value of a letter to the log again: an event under its scope, anything else to the partition it came from.
    ///
    /// The letter stays where it is; sending it again twice gives two records.
    /// - Throws: `ChatError` with code `eventProductionFailed`, and the reason in words.
    public func requeue(_ letter: KafkaDeadLetter) async throws(ChatError) -> LogPosition {
        do throws(KafkaSendError) {
            return try await self.log.sender.send(letter.letter.record(againIn: self.log.configuration))
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
            throw .notRead(error)
        }
    }
}

extension DeadLetter {
    /// The value as a record of the log.
    fileprivate func record(againIn configuration: KafkaClientConfiguration) -> OutgoingRecord {
        let event = try? ChatEventCodec.decode(self.value, policy: configuration.policy)
        let isPlaced = (0..<configuration.partitions).contains(self.source.partition)
        return OutgoingRecord(
            topic: configuration.topic,
            partition: event == nil && isPlaced ? self.source.partition : nil,
            key: event.map { Array($0.scope.id.rawValue.utf8) },
            value: self.value,
            headers: self.headers.kafkaHeaders
        )
    }
}
