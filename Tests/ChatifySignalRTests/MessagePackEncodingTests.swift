import TestSupport
import Testing

@testable import ChatifySignalR

@Suite struct MessagePackEncodingTests {
    @Test(
        arguments: [
            (.ping, "02 91 06"),
            (
                .invocation(.init(target: "R", arguments: [.encoded([0x81, 0xA1, 0x61, 0x01])])),
                "0c 96 01 80 c0 a1 52 91 81 a1 61 01 90"
            ),
            (
                .invocation(.init(id: "1", target: "T", streamIDs: ["2"], headers: ["b": "2", "a": "1"])),
                "13 96 01 82 a1 61 a1 31 a1 62 a1 32 a1 31 a1 54 90 91 a1 32"
            ),
            (.streamInvocation(.init(id: "1", target: "T", arguments: [.null])), "0a 96 04 80 a1 31 a1 54 91 c0 90"),
            (.streamItem(.init(id: "1", item: .integer(-1))), "06 94 02 80 a1 31 ff"),
            (.completion(.init(id: "1", outcome: .void)), "06 94 03 80 a1 31 02"),
            (.completion(.init(id: "1", outcome: .result(.null))), "07 95 03 80 a1 31 03 c0"),
            (.completion(.init(id: "1", outcome: .error("no"))), "09 95 03 80 a1 31 01 a2 6e 6f"),
            (.cancelInvocation(id: "1"), "05 93 05 80 a1 31"),
            (.close(.init()), "04 93 07 c0 c2"),
            (.close(.init(error: "e", allowReconnect: true)), "05 93 07 a1 65 c3"),
            (.ack(5), "03 92 08 05"), (.sequence(200), "04 92 09 cc c8"), (.unknown(type: 77), "02 91 4d"),
        ] as [(HubMessage, String)]
    )
    func encodes(message: HubMessage, expected: String) {
        #expect(MessagePackHubProtocol().encode(message) == bytes(hex: expected))
    }

    @Test(
        arguments: [
            (.bool(true), "c3"), (.bool(false), "c2"), (.double(1.5), "cb 3ff8000000000000"),
            (.double(.nan), "cb 7ff8000000000000"), (.integer(127), "7f"), (.integer(128), "cc 80"),
            (.integer(256), "cd 0100"), (.integer(65536), "ce 00010000"),
            (.integer(4_294_967_296), "cf 0000000100000000"),
            (.integer(.max), "cf 7fffffffffffffff"), (.integer(-32), "e0"), (.integer(-33), "d0 df"),
            (.integer(-129), "d1 ff7f"), (.integer(-32769), "d2 ffff7fff"),
            (.integer(-2_147_483_649), "d3 ffffffff7fffffff"),
            (.bytes([1]), "c4 01 01"), (.string("é"), "a2 c3a9"),
            (.string(String(repeating: "x", count: 32)), "d9 20" + String(repeating: " 78", count: 32)),
            (.object([.init("a", .array([]))]), "81 a1 61 90"),
            (.time(millisecondsSinceEpoch: 1000), "d6 ff 00000001"),
            (.time(millisecondsSinceEpoch: 1125), "d7 ff 1dcd6500 00000001"),
            (.time(millisecondsSinceEpoch: -1), "c7 0c ff 3b8b87c0 ffffffffffffffff"),
        ] as [(HubValue, String)]
    )
    func values(value: HubValue, expected: String) {
        var writer = MessagePackWriter(reserving: 0)
        writer.value(value)
        #expect(writer.bytes == bytes(hex: expected))
    }

    /// The widest heads, whose bytes are too many for a table.
    @Test(arguments: [0, 15, 16, 31, 32, 255, 256, 65535, 65536])
    func lengthsOfEveryWidthComeBack(count: Int) throws {
        let values: [HubValue] = [
            .string(String(repeating: "x", count: count)), .bytes(Array(repeating: 7, count: count)),
            .array(Array(repeating: .bool(true), count: count)),
            .object(Array(repeating: .init("k", .null), count: count)),
        ]
        for value in values {
            let message = HubMessage.streamItem(HubStreamItem(id: "1", item: value))
            #expect(try decoded(MessagePackHubProtocol().encode(message)) == message)
        }
    }

    @Test(arguments: 0..<200 as Range<UInt64>)
    func comesBackAsItWas(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let message = HubMessage.random(using: &random)
        #expect(try decoded(MessagePackHubProtocol().encode(message)) == message)
    }

    @Test(arguments: 0..<200 as Range<UInt64>)
    func timesComeBack(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let ranges: [Range<Int64>] = [
            0..<4_294_967_296_000, 0..<17_179_869_184_000, -62_135_596_800_000..<253_402_300_800_000,
        ]
        let milliseconds = Int64.random(in: ranges[Int(seed % 3)], using: &random)
        let item = HubValue.time(
            millisecondsSinceEpoch: seed.isMultiple(of: 2) ? milliseconds : milliseconds / 1000 * 1000
        )
        let message = HubMessage.streamItem(HubStreamItem(id: "1", item: item))
        #expect(try decoded(MessagePackHubProtocol().encode(message)) == message)
    }

    @Test func timesAreISOInJSON() {
        let message = HubMessage.streamItem(
            HubStreamItem(id: "1", item: .time(millisecondsSinceEpoch: 1_768_473_000_123))
        )
        let expected = #"{"type":2,"invocationId":"1","item":"2026-01-15T10:30:00.123Z"};"#
        #expect(text(JSONHubProtocol().encode(message)) == expected)
    }

    /// Decodes one record that fills the bytes.
    private func decoded(_ bytes: [UInt8]) throws -> HubMessage {
        let prefix = try #require(bytes.withUnsafeBytes { LengthPrefix.read($0, at: 0) })
        #expect(prefix.size + prefix.length == bytes.count)
        return try MessagePackHubProtocol().decode(Array(bytes.dropFirst(prefix.size)))
    }
}
