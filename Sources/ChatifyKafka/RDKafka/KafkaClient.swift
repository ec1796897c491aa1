internal import CLibrdkafka
internal import ChatifyCore

/// Owns a librdkafka client.
///
/// Sendable because a client may be used from any thread (INTRODUCTION.md, "Threads and callbacks"). Letting go of the last
/// reference waits for librdkafka's threads, for two seconds at most, so that is to happen on a thread of our own.
final class KafkaClient: Sendable {
    /// Lent to the files of this folder.
    nonisolated(unsafe) let pointer: OpaquePointer

    /// What a client does.
    enum Role {
        case producer, consumer
    }

    /// Makes a client, which begins to look for its brokers at once.
    /// - Parameter configure: Sets what are not properties: callbacks, events.
    /// - Throws: `ChatError` with code `configuration` and one line that names the property librdkafka does not take.
    init(
        _ role: Role,
        _ properties: [KafkaProperty],
        configure: (_ settings: OpaquePointer) -> Void = { _ in }
    ) throws(ChatError) {
        guard let settings = rd_kafka_conf_new() else {
            throw ChatError(.configuration, "No memory for a Kafka client.")
        }
        // rd_kafka_new takes the settings over only when it succeeds.
        var isAdopted = false
        defer { if !isAdopted { rd_kafka_conf_destroy(settings) } }
        for property in properties { try Self.set(property, in: settings) }
        rd_kafka_conf_set_events(settings, Self.events)
        configure(settings)
        var text = [CChar](repeating: 0, count: 512)
        let type = role == .producer ? RD_KAFKA_PRODUCER : RD_KAFKA_CONSUMER
        guard let pointer = rd_kafka_new(type, settings, &text, text.count) else {
            throw ChatError(.configuration, "Kafka's settings do not go together: \(String(line: text)).")
        }
        isAdopted = true
        self.pointer = pointer
    }

    deinit { Self.destroy(self.pointer) }

    /// How long it is waited for librdkafka's threads to end.
    private static let endingTime = Duration.seconds(2)

    /// Ends a client; a consumer has left its group before, as far as there was time for it.
    ///
    /// librdkafka waits for the answers to all commits, from brokers that hang for as long as `socket.timeout.ms`, and only then for its
    /// threads. Nothing of ours depends on that, so what takes long goes on by itself.
    private static func destroy(_ pointer: OpaquePointer) {
        nonisolated(unsafe) let pointer = pointer
        let hasEnded = Monitor(false)
        _ = OwnedThread {
            rd_kafka_destroy_flags(pointer, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE)
            hasEnded.withLock(waking: true) { $0 = true }
        }
        _ = hasEnded.wait(atMost: Self.endingTime) { $0 ? true : nil }
    }

    /// What ``EventQueue`` turns into values; anything else librdkafka handles by itself.
    private static let events =
        RD_KAFKA_EVENT_DR | RD_KAFKA_EVENT_LOG | RD_KAFKA_EVENT_STATS | RD_KAFKA_EVENT_ERROR
        | RD_KAFKA_EVENT_OFFSET_COMMIT

    private static func set(_ property: KafkaProperty, in settings: OpaquePointer) throws(ChatError) {
        var text = [CChar](repeating: 0, count: 512)
        let result = rd_kafka_conf_set(settings, property.name, property.value, &text, text.count)
        guard result != RD_KAFKA_CONF_OK else { return }
        // librdkafka's words may quote the value.
        let reason = property.isSecret ? "the value is not accepted" : String(line: text)
        throw ChatError(.configuration, "Kafka property \(property) is rejected: \(reason).")
    }
}

extension KafkaClient {
    /// The version of the librdkafka in use: a byte each for major, minor and revision, and one more.
    static var version: Int32 { rd_kafka_version() }

    /// The version in words.
    static var versionText: String { String(cString: rd_kafka_version_str()) }

    /// The messages and events that wait to be sent or polled.
    var outstanding: Int { Int(rd_kafka_outq_len(self.pointer)) }

    /// Gives up all messages that were not acknowledged; a report for each follows.
    func purge() {
        rd_kafka_purge(self.pointer, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT)
    }

    /// Makes the client fail as it does when it cannot keep its promises; for tests.
    func failForGood() {
        rd_kafka_test_fatal_error(self.pointer, RD_KAFKA_RESP_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER, "provoked by a test")
    }
}

extension String {
    /// A line that C wrote, up to its zero.
    init(line: [CChar]) {
        self = String(decoding: line.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}
