import ChatifySignalR
import Testing

@Suite struct MessagePackDecodingTests {
    private static let call = HubInvocation(id: "7", target: "Send", arguments: [.integer(1), .string("a")])

    @Test(
        arguments: [
            ("96 01 80 a1 37 a4 53656e64 92 01 a1 61 90", .invocation(call)),
            ("95 01 80 a1 37 a4 53656e64 92 01 a1 61", .invocation(call)),
            ("98 01 80 a1 37 a4 53656e64 92 01 a1 61 90 c0 81 a1 78 01", .invocation(call)),
            (
                "dc 0006 cc 01 de 0000 d9 01 37 da 0004 53656e64 dd 00000002 d3 0000000000000001 db 00000001 61 dc 0000",
                .invocation(call)
            ),
            ("95 01 c0 c0 a1 54 90", .invocation(HubInvocation(target: "T"))),
            ("95 01 80 a0 a1 54 90", .invocation(HubInvocation(target: "T"))),
            (
                "96 01 81 a1 61 a1 62 c0 a1 54 90 92 a1 31 a1 32",
                .invocation(HubInvocation(target: "T", streamIDs: ["1", "2"], headers: ["a": "b"]))
            ),
            ("94 02 80 a1 73 c0", .streamItem(HubStreamItem(id: "s", item: .null))),
            ("95 03 80 a1 31 01 a2 6e6f", .completion(HubCompletion(id: "1", outcome: .error("no")))),
            ("94 03 80 a1 31 02", .completion(HubCompletion(id: "1", outcome: .void))),
            ("95 03 80 a1 31 03 c0", .completion(HubCompletion(id: "1", outcome: .result(.null)))),
            ("96 04 80 a1 37 a4 53656e64 92 01 a1 61 90", .streamInvocation(call)),
            ("93 05 80 a1 31", .cancelInvocation(id: "1")), ("91 06", .ping), ("92 06 80", .ping),
            ("91 07", .close(HubClose())), ("92 07 c0", .close(HubClose())),
            ("93 07 a1 78 c3", .close(HubClose(error: "x", allowReconnect: true))),
            ("92 08 0c", .ack(12)), ("92 09 01", .sequence(1)), ("91 0a", .unknown(type: 10)),
            ("93 ff 01 80", .unknown(type: -1)),
        ] as [(String, HubMessage)]
    )
    func decodes(record: String, expected: HubMessage) throws {
        #expect(try MessagePackHubProtocol().decode(bytes(hex: record)) == expected)
    }

    @Test(
        arguments: [
            ("c0", .null), ("c2", .bool(false)), ("c3", .bool(true)), ("7f", .integer(127)), ("e0", .integer(-32)),
            ("cc ff", .integer(255)), ("cd ffff", .integer(65535)), ("ce ffffffff", .integer(4_294_967_295)),
            ("cf 7fffffffffffffff", .integer(.max)), ("cf ffffffffffffffff", .double(18_446_744_073_709_551_616)),
            ("d0 80", .integer(-128)), ("d1 8000", .integer(-32768)), ("d2 80000000", .integer(-2_147_483_648)),
            ("d3 8000000000000000", .integer(.min)), ("ca 3fc00000", .double(1.5)),
            ("cb 3ff8000000000000", .double(1.5)), ("a2 c3a9", .string("é")), ("d9 00", .string("")),
            ("c4 02 00ff", .bytes([0, 255])), ("c5 0001 2a", .bytes([42])), ("c6 00000000", .bytes([])),
            ("92 01 90", .array([.integer(1), .array([])])),
            ("82 a1 61 01 a1 61 c0", .object([.init("a", .integer(1)), .init("a", .null)])),
            ("d6 ff 00000001", .time(millisecondsSinceEpoch: 1000)),
            ("d6 ff ffffffff", .time(millisecondsSinceEpoch: 4_294_967_295_000)),
            ("d7 ff 1dcd6500 00000001", .time(millisecondsSinceEpoch: 1125)),
            ("c7 0c ff 3b9ac9ff ffffffffffffffff", .time(millisecondsSinceEpoch: -1)),
            ("c8 0004 ff 00000001", .time(millisecondsSinceEpoch: 1000)),
        ] as [(String, HubValue)]
    )
    func values(encoded: String, expected: HubValue) throws {
        let message = try MessagePackHubProtocol().decode(bytes(hex: "94 02 80 a1 73 \(encoded)"))
        #expect(message == .streamItem(HubStreamItem(id: "s", item: expected)))
    }

    @Test(arguments: [
        // No array, no type, nothing at all, something behind.
        "", "c0", "80", "a0", "06", "90", "91 c0", "91 a1 36", "91 ca 40c00000", "91 06 c0", "91 06 91 06",
        // Fields that are missing or of another type.
        "91 01", "94 01 80 c0 a1 54", "95 01 80 c0 a0 90", "95 01 80 c0 c0 90", "95 01 80 c0 a1 54 c0",
        "95 01 80 c0 a1 54 80", "95 01 80 01 a1 54 90", "95 01 90 c0 a1 54 90", "95 01 81 a1 61 01 c0 a1 54 90",
        "95 01 81 01 a1 61 c0 a1 54 90", "96 01 80 c0 a1 54 90 c0", "96 01 80 c0 a1 54 90 91 01",
        "93 02 80 a1 73", "94 02 80 c0 01", "94 02 80 a0 01", "93 03 80 a1 31", "94 03 80 a1 31 01",
        "94 03 80 a1 31 03", "95 03 80 a1 31 01 c0", "95 03 80 a1 31 00 c0", "95 03 80 a1 31 04 c0",
        "95 04 80 c0 a1 54 90", "93 05 80 c0", "92 07 01", "93 07 c0 c0", "91 08", "92 08 a1 31", "92 09 c0",
        // More is claimed than there is.
        "91", "9f 06", "dc ffff 06", "dd ffffffff 06", "95 01 80 c0 a1 54 dd ffffffff", "95 01 80 c0 a1 54 91",
        "95 01 80 c0 a1 54 91 df ffffffff", "95 01 80 c0 a1 54 91 81 a1 61", "95 01 80 c0 db ffffffff 41 90",
        "95 01 80 c0 a1 54 91 c6 7fffffff 00", "95 01 80 c0 a1 54 91 c9 ffffffff ff", "94 02 80 a1 73 cd 00",
        "94 02 80 a1 73 cb 00", "94 02 80 a1 73 d6 ff 00", "95 01 df ffffffff c0 a1 54 90",
        // Values that are none, or that hubs do not speak.
        "94 02 80 a1 73 c1", "94 02 80 a1 73 a1 ff", "94 02 80 a1 73 a3 eda080", "94 02 80 a1 73 81 01 02",
        "94 02 80 a1 73 d4 01 00", "94 02 80 a1 73 d4 ff 00", "94 02 80 a1 73 c7 03 ff 000000", "91 d6 ff 00000006",
        "94 02 80 a1 73 d7 ff ffffffff 00000000", "94 02 80 a1 73 c7 0c ff 00000000 7fffffffffffffff",
    ])
    func refuses(record: String) {
        #expect(throws: HubProtocolError.self) { try MessagePackHubProtocol().decode(bytes(hex: record)) }
    }

    @Test(arguments: [[0x91], [0x81, 0xA1, 0x61], [0xDD, 0, 0, 0, 1]] as [[UInt8]])
    func depthIsThatOfJSON(open: [UInt8]) throws {
        func record(depth: Int) -> [UInt8] {
            bytes(hex: "94 02 80 a1 73") + Array(repeating: open, count: depth).joined() + [0xC0]
        }
        _ = try MessagePackHubProtocol().decode(record(depth: 63))
        #expect(throws: HubProtocolError.self) { try MessagePackHubProtocol().decode(record(depth: 64)) }
        #expect(throws: HubProtocolError.self) { try MessagePackHubProtocol().decode(record(depth: 100_000)) }
    }

    @Test func reasonsNameFieldsOnly() {
        #expect(throws: HubProtocolError(reason: "required property 'arguments' is missing")) {
            try MessagePackHubProtocol().decode(bytes(hex: "94 01 80 c0 a6 736563726574"))
        }
    }
}
