/// A record on its way to a topic.
struct OutgoingRecord: Sendable, Hashable {
    var topic: String
    /// Where it has to go; `nil` for the partition that the key chooses.
    var partition: Int32?
    var key: [UInt8]?
    var value: [UInt8]
    var headers: [KafkaHeader]
}
