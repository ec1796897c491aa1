import Testing

@testable import ChatifyCore

@Suite struct PayloadPreviewTests {
    @Test(
        arguments: [
            ([], 256, ""), (Array("{\"a\": 1}".utf8), 256, "{\"a\": 1}"),
            ([0x00, 0x1F, 0x7F, 0xFF], 256, "\\x00\\x1f\\x7f\\xff"),
            (Array("a\\b\n".utf8), 256, "a\\x5cb\\x0a"), (Array("é".utf8), 256, "\\xc3\\xa9"),
            (Array("abcdef".utf8), 3, "abc"), ([0x61, 0xFF, 0x62], 4, "a"), ([0x61, 0xFF, 0x62], 5, "a\\xff"),
            (Array("abc".utf8), 0, ""), (Array("abc".utf8), -1, ""),
        ] as [([UInt8], Int, String)]
    )
    func texts(bytes: [UInt8], limit: Int, expected: String) {
        #expect(PayloadPreview.text(of: bytes, limit: limit) == expected)
    }

    @Test func neverLongerThanItsLimit() {
        for byte in UInt8.min...UInt8.max {
            #expect(PayloadPreview.text(of: [UInt8](repeating: byte, count: 1000), limit: 256).utf8.count <= 256)
        }
    }
}
