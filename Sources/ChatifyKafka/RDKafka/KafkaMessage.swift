internal import CLibrdkafka

/// A record as it was read, or why there is none.
struct KafkaMessage: Sendable, Hashable {
    var partition: Int32
    var offset: Int64
    var key: [UInt8]?
    /// `nil` for a tombstone.
    var value: [UInt8]?
    var headers: [KafkaHeader]
    /// When it was written, in milliseconds since 1970; `nil` if the log does not say.
    var timestamp: Int64?

    init(_ message: UnsafeMutablePointer<rd_kafka_message_t>) {
        let parts = message.pointee
        self.partition = parts.partition
        self.offset = parts.offset
        self.key = parts.key.map { Array(UnsafeRawBufferPointer(start: $0, count: parts.key_len)) }
        self.value = parts.payload.map { Array(UnsafeRawBufferPointer(start: $0, count: parts.len)) }
        self.headers = Self.headers(of: message)
        var kind = RD_KAFKA_TIMESTAMP_NOT_AVAILABLE
        let timestamp = rd_kafka_message_timestamp(message, &kind)
        self.timestamp = kind == RD_KAFKA_TIMESTAMP_NOT_AVAILABLE ? nil : timestamp
    }

    /// About how many bytes it takes.
    var size: Int { (self.value?.count ?? 0) + 256 }

    private static func headers(of message: UnsafeMutablePointer<rd_kafka_message_t>) -> [KafkaHeader] {
        var list: OpaquePointer?
        // The message keeps the headers; there may be none.
        guard rd_kafka_message_headers(message, &list) == RD_KAFKA_RESP_ERR_NO_ERROR, let list else { return [] }
        var headers: [KafkaHeader] = []
        for index in 0..<rd_kafka_header_cnt(list) {
            var (name, value): (UnsafePointer<CChar>?, UnsafeRawPointer?) = (nil, nil)
            var size = 0
            guard rd_kafka_header_get_all(list, index, &name, &value, &size) == RD_KAFKA_RESP_ERR_NO_ERROR, let name
            else { break }
            headers.append(
                KafkaHeader(String(cString: name), Array(UnsafeRawBufferPointer(start: value, count: size)))
            )
        }
        return headers
    }
}
