import ChatifyCore
import Testing

@Suite struct CRC32Tests {
    @Test(
        arguments: [
            ("", 0), ("123456789", 0xCBF4_3926), ("The quick brown fox jumps over the lazy dog", 0x414F_A339),
            // From librdkafka's test of its partitioners (tests/0048-partitioner.c).
            ("this is another string with more length to it perhaps", 0xB015_0DF7), ("hejsan", 0xD077_037E),
        ] as [(String, UInt32)]
    )
    func checksums(text: String, expected: UInt32) {
        #expect(CRC32.checksum(of: text.utf8) == expected)
    }

    /// As `zlib.crc32(key) % partitions` has it, which is librdkafka's `consistent` partitioner.
    @Test(
        arguments: [
            ("general", 3, 0), ("random", 3, 2), ("alice-bob", 3, 1), ("café", 3, 2), ("general", 17, 1),
            ("hejsan", 17, 14), ("hejsan", 1, 0),
        ] as [(String, Int32, Int32)]
    )
    func partitions(key: String, count: Int32, expected: Int32) {
        #expect(CRC32.partition(of: ScopeID(unchecked: key), among: count) == expected)
    }

    @Test func everyPartitionIsInRange() {
        for number in 0..<1000 {
            let partition = CRC32.partition(of: ScopeID(unchecked: "scope-\(number)"), among: 7)
            #expect((0..<7).contains(partition))
        }
    }
}
