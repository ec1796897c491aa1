internal import CLibrdkafka
internal import ChatifyCore

/// A client that reads; used by one thread, which ``onRebalance`` is called on, and within ``poll(atMost:)`` and ``close(within:)`` alone.
final class ConsumerClient {
    /// A change of the partitions that are ours.
    enum Rebalance: Equatable {
        /// They are ours from now on, beside those that were.
        case assigned([Int32])
        /// They are about to be another member's; what is committed now still counts.
        case revoked([Int32])
        /// They were another member's before we knew; nothing can be committed any more.
        case lost([Int32])
    }

    /// What a poll brought.
    enum Polled {
        case message(KafkaMessage)
        case failure(KafkaError)
        /// There is nothing in that partition from that offset on; only told if `enable.partition.eof` is set.
        case end(LogPosition)
    }

    let client: KafkaClient
    /// The queue of errors, statistics, log lines and answers.
    let events: EventQueue
    /// The queue of records and rebalances, for its signals.
    let records: EventQueue
    private let topic: String
    private let context: RebalanceContext

    /// Makes a client that reads nothing yet.
    init(_ properties: [KafkaProperty], topic: String) throws(ChatError) {
        let context = RebalanceContext()
        self.client = try KafkaClient(.consumer, properties) { settings in
            // Not retained: this object keeps it, and the callback runs only on the thread that uses this object.
            rd_kafka_conf_set_opaque(settings, Unmanaged.passUnretained(context).toOpaque())
            rd_kafka_conf_set_rebalance_cb(settings) { client, code, partitions, opaque in
                guard let client, let partitions, let opaque else { return }
                let context = Unmanaged<RebalanceContext>.fromOpaque(opaque).takeUnretainedValue()
                context.rebalance(client, code, partitions)
            }
        }
        self.context = context
        self.topic = topic
        self.events = EventQueue.main(of: self.client)
        self.records = EventQueue.records(of: self.client)
    }

    /// What to do when partitions come and go: when they come they may be paused, when they go their offsets committed.
    func onRebalance(_ handle: @escaping (Rebalance) -> Void) {
        self.context.handle = handle
    }

    /// Joins the group.
    func subscribe() throws(KafkaError) {
        let list = PartitionList(self.topic, [RD_KAFKA_PARTITION_UA])
        if let error = KafkaError(rd_kafka_subscribe(self.client.pointer, list.pointer)) { throw error }
    }

    /// Reads these partitions from these offsets on, without joining the group, and no others any more.
    func assign(_ offsets: PartitionOffsets) throws(KafkaError) {
        let list = PartitionList(self.topic, offsets)
        if let error = KafkaError(rd_kafka_assign(self.client.pointer, list.pointer)) { throw error }
    }

    /// The group's offsets, `nil` where it has none; blocks.
    func committed(_ partitions: Range<Int32>, within time: Duration) throws(KafkaError) -> [Int32: Int64?] {
        let list = PartitionList(self.topic, partitions)
        let code = rd_kafka_committed(self.client.pointer, list.pointer, time.inMilliseconds)
        if let error = KafkaError(code) { throw error }
        return try list.offsets()
    }

    /// Takes the next record if there is one before the time is over.
    ///
    /// Counts as a sign of life (`max.poll.interval.ms`).
    func poll(atMost time: Duration = .zero) -> Polled? {
        guard let message = rd_kafka_consumer_poll(self.client.pointer, time.inMilliseconds) else { return nil }
        defer { rd_kafka_message_destroy(message) }
        if let error = KafkaError(message.pointee.err, rd_kafka_message_errstr(message).map { String(cString: $0) }) {
            let position = LogPosition(partition: message.pointee.partition, offset: message.pointee.offset)
            return error.kind == .endOfPartition ? .end(position) : .failure(error)
        }
        return .message(KafkaMessage(message))
    }

    /// Stops or goes on with fetching; what was fetched and not taken is fetched again.
    func setPaused(_ isPaused: Bool, _ partitions: some Sequence<Int32>) {
        let list = PartitionList(self.topic, partitions)
        // Errors are per partition, for one that has gone meanwhile.
        if isPaused {
            rd_kafka_pause_partitions(self.client.pointer, list.pointer)
        } else {
            rd_kafka_resume_partitions(self.client.pointer, list.pointer)
        }
    }

    /// Hands offsets to the group; the answer is an event.
    func commit(_ offsets: PartitionOffsets) throws(KafkaError) {
        let list = PartitionList(self.topic, offsets)
        let code = rd_kafka_commit_queue(self.client.pointer, list.pointer, self.events.pointer, nil, nil)
        if let error = KafkaError(code) { throw error }
    }

    /// The offset behind a partition's last record, as far as the last answer told; `nil` if none did.
    func end(of partition: Int32) -> Int64? {
        var (low, high): (Int64, Int64) = (0, 0)
        let code = rd_kafka_get_watermark_offsets(self.client.pointer, self.topic, partition, &low, &high)
        return code == RD_KAFKA_RESP_ERR_NO_ERROR && high >= 0 ? high : nil
    }

    /// Leaves the group; blocks until that is done or the time is over.
    ///
    /// While the group waits for another member librdkafka cannot leave; the brokers then find out by themselves.
    func close(within time: Duration) {
        let queue = EventQueue.answers(of: self.client)
        let deadline = ContinuousClock.now.advanced(by: time)
        guard KafkaError(owning: rd_kafka_consumer_close_queue(self.client.pointer, queue.pointer)) == nil else {
            return
        }
        while rd_kafka_consumer_closed(self.client.pointer) == 0, deadline > .now {
            // Not rd_kafka_queue_poll_callback, which ends the process when it meets a record.
            guard let event = rd_kafka_queue_poll(queue.pointer, 20) else { continue }
            defer { rd_kafka_event_destroy(event) }
            self.rebalance(event)
        }
    }

    /// Acts on a change that comes as an event, as changes do to a consumer that is being closed.
    private func rebalance(_ event: OpaquePointer) {
        guard rd_kafka_event_type(event) == RD_KAFKA_EVENT_REBALANCE,
            let partitions = rd_kafka_event_topic_partition_list(event)
        else { return }
        self.context.rebalance(self.client.pointer, rd_kafka_event_error(event), partitions)
    }
}

/// What librdkafka's rebalance callback is handed.
private final class RebalanceContext {
    var handle: (ConsumerClient.Rebalance) -> Void = { _ in }

    /// Follows librdkafka's rules: the application acts on every change, one kind of call for each protocol (rdkafka.h, `rebalance_cb`).
    func rebalance(
        _ client: OpaquePointer,
        _ code: rd_kafka_resp_err_t,
        _ list: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>
    ) {
        let partitions = PartitionList.partitions(in: list)
        let isCooperative = rd_kafka_rebalance_protocol(client).map { String(cString: $0) } == "COOPERATIVE"
        switch code {
        case RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS:
            if isCooperative {
                _ = KafkaError(owning: rd_kafka_incremental_assign(client, list))
            } else {
                rd_kafka_assign(client, list)
            }
            self.handle(.assigned(partitions))
        default:
            let isLost = rd_kafka_assignment_lost(client) != 0 || code != RD_KAFKA_RESP_ERR__REVOKE_PARTITIONS
            self.handle(isLost ? .lost(partitions) : .revoked(partitions))
            if isCooperative {
                _ = KafkaError(owning: rd_kafka_incremental_unassign(client, list))
            } else {
                rd_kafka_assign(client, nil)
            }
        }
    }
}
