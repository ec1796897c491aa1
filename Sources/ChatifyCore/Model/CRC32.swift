/// CRC-32 of IEEE 802.3 (reflected polynomial 0xEDB88320), as zlib and librdkafka compute it.
package enum CRC32 {
    private static let table: [UInt32] = (0..<256).map { byte in
        (0..<8).reduce(UInt32(byte)) { crc, _ in crc & 1 == 1 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1 }
    }

    package static func checksum(of bytes: some Sequence<UInt8>) -> UInt32 {
        let table = Self.table
        return ~bytes.reduce(~UInt32(0)) { crc, byte in
            table[Int(truncatingIfNeeded: (crc ^ UInt32(byte)) & 0xFF)] ^ crc >> 8
        }
    }

    /// The partition of a scope id: librdkafka's `consistent` partitioner for a key that is not empty (contracts §5).
    package static func partition(of scopeID: ScopeID, among partitions: Int32) -> Int32 {
        Int32(truncatingIfNeeded: self.checksum(of: scopeID.rawValue.utf8) % UInt32(partitions))
    }
}
