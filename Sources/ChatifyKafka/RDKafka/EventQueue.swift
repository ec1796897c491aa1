internal import CLibrdkafka

/// Owns a reference to one of a client's queues.
///
/// Sendable because queues may be used from any thread. It keeps its client, which has to go after it.
final class EventQueue: Sendable {
    /// Lent to the files of this folder.
    nonisolated(unsafe) let pointer: OpaquePointer
    private let client: KafkaClient

    private init(owning pointer: OpaquePointer, of client: KafkaClient) {
        self.pointer = pointer
        self.client = client
    }

    deinit { rd_kafka_queue_destroy(self.pointer) }

    /// The queue of a client's reports, errors, statistics and, from now on, lines of log.
    static func main(of client: KafkaClient) -> EventQueue {
        let queue = EventQueue(owning: rd_kafka_queue_get_main(client.pointer), of: client)
        // Fails only without log.queue=true, which every client has.
        rd_kafka_set_log_queue(client.pointer, queue.pointer)
        return queue
    }

    /// The queue of a consumer's records and rebalances.
    static func records(of client: KafkaClient) -> EventQueue {
        EventQueue(owning: rd_kafka_queue_get_consumer(client.pointer), of: client)
    }

    /// A queue of its own, for the answer to one request.
    static func answers(of client: KafkaClient) -> EventQueue {
        EventQueue(owning: rd_kafka_queue_new(client.pointer), of: client)
    }

    /// Blocks the calling thread until there is an event, and takes it; `nil` when the time is over or after ``wake()``.
    func poll(atMost time: Duration) -> KafkaEvent? {
        guard let event = rd_kafka_queue_poll(self.pointer, time.inMilliseconds) else { return nil }
        defer { rd_kafka_event_destroy(event) }
        return KafkaEvent(event)
    }

    /// Whether nothing waits in it.
    ///
    /// A poll that does not wait may come back empty-handed all the same: after something that librdkafka deals with itself.
    var isEmpty: Bool { rd_kafka_queue_length(self.pointer) == 0 }

    /// Makes a ``poll(atMost:)`` that blocks return.
    func wake() {
        rd_kafka_queue_yield(self.pointer)
    }

    /// Wakes whoever sleeps at `pipe` whenever the queue is no longer empty, until ``endWaking()``.
    func beginWaking(_ pipe: WakePipe) {
        let byte: [UInt8] = [1]
        // The byte is copied.
        rd_kafka_queue_io_event_enable(self.pointer, pipe.writing, byte, byte.count)
    }

    /// Wakes nobody any more; nothing is written when it returns, because that is done with the queue locked.
    func endWaking() {
        rd_kafka_queue_io_event_enable(self.pointer, -1, nil, 0)
    }
}
