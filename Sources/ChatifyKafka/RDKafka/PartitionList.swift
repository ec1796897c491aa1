internal import CLibrdkafka

/// Offsets of a topic's partitions, by partition.
typealias PartitionOffsets = [Int32: Int64]

/// Owns a list of partitions, each with an offset; used by one thread at a time.
final class PartitionList {
    /// Lent to the files of this folder.
    let pointer: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>

    /// Makes a list of partitions of one topic.
    init(_ topic: String, _ offsets: PartitionOffsets) {
        self.pointer = rd_kafka_topic_partition_list_new(Int32(offsets.count))
        for (partition, offset) in offsets.sorted(by: { $0.key < $1.key }) {
            rd_kafka_topic_partition_list_add(self.pointer, topic, partition).pointee.offset = offset
        }
    }

    /// Makes a list of partitions, the offset of each unknown.
    convenience init(_ topic: String, _ partitions: some Sequence<Int32>) {
        let offset = Int64(RD_KAFKA_OFFSET_INVALID)
        self.init(topic, Dictionary(partitions.map { ($0, offset) }) { first, _ in first })
    }

    deinit { rd_kafka_topic_partition_list_destroy(self.pointer) }

    /// The partitions of the list.
    static func partitions(in list: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>) -> [Int32] {
        (0..<Int(list.pointee.cnt)).map { list.pointee.elems[$0].partition }
    }

    /// The offset of each partition, `nil` where there is none.
    func offsets() throws(KafkaError) -> [Int32: Int64?] {
        var offsets: [Int32: Int64?] = [:]
        for index in 0..<Int(self.pointer.pointee.cnt) {
            let element = self.pointer.pointee.elems[index]
            if let error = KafkaError(element.err) { throw error }
            offsets[element.partition] = .some(element.offset >= 0 ? element.offset : nil)
        }
        return offsets
    }
}
