internal import CLibrdkafka

extension KafkaClient {
    /// Hands a record to librdkafka, which copies it; never waits.
    ///
    /// The report on it carries `token`.
    func produce(_ record: OutgoingRecord, token: UInt) throws(KafkaError) {
        let headers = Self.makeHeaders(record.headers)
        let code = record.key.withBytes { key in
            record.value.withUnsafeBytes { value in
                chatify_rdkafka_produce(
                    self.pointer,
                    record.topic,
                    record.partition ?? RD_KAFKA_PARTITION_UA,
                    key.baseAddress,
                    key.count,
                    // A value without an address would be a tombstone, which is something else than an empty one.
                    value.baseAddress ?? Self.nothing,
                    value.count,
                    headers,
                    UnsafeMutableRawPointer(bitPattern: token)
                )
            }
        }
        guard let error = KafkaError(code) else { return }
        rd_kafka_headers_destroy(headers)
        throw error
    }

    /// An address for no bytes.
    private static var nothing: UnsafeRawPointer? { UnsafeRawPointer(bitPattern: 1) }

    private static func makeHeaders(_ headers: [KafkaHeader]) -> OpaquePointer? {
        let pointer = rd_kafka_headers_new(headers.count)
        for header in headers {
            header.value.withUnsafeBytes { value in
                // Fails only for read-only headers, which these are not.
                _ = rd_kafka_header_add(pointer, header.name, -1, value.baseAddress, value.count)
            }
        }
        return pointer
    }
}

extension [UInt8]? {
    fileprivate func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        guard let self else { return body(UnsafeRawBufferPointer(start: nil, count: 0)) }
        return self.withUnsafeBytes(body)
    }
}
