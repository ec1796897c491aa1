import ChatifyWire
import Testing

@Suite struct WebSocketFrameEncoderTests {
    @Test(
        arguments: [
            (0, [0]), (1, [1]), (125, [125]), (126, [126, 0, 126]), (65535, [126, 0xFF, 0xFF]),
            (65536, [127, 0, 0, 0, 0, 0, 1, 0, 0]),
        ] as [(Int, [UInt8])]
    )
    func writesTheShortestLength(size: Int, length: [UInt8]) {
        let payload = (0..<size).map { UInt8(truncatingIfNeeded: $0) }
        #expect(WebSocketFrameEncoder.text(payload) == [0x81] + length + payload)
        #expect(WebSocketFrameEncoder.binary(payload) == [0x82] + length + payload)
        #expect(payload.withUnsafeBytes { WebSocketFrameEncoder.text($0) } == [0x81] + length + payload)
        #expect(payload.withUnsafeBytes { WebSocketFrameEncoder.binary($0) } == [0x82] + length + payload)
    }

    @Test func writesControlFrames() {
        #expect(WebSocketFrameEncoder.ping() == [0x89, 0])
        #expect(WebSocketFrameEncoder.pong([1, 2]) == [0x8A, 2, 1, 2])
        #expect(WebSocketFrameEncoder.ping([UInt8](repeating: 1, count: 200)).count == 127)
        #expect(WebSocketFrameEncoder.close(code: 1000, reason: "ok") == [0x88, 4, 3, 0xE8, 0x6F, 0x6B])
    }

    @Test(arguments: [0, 999, 1004, 1005, 1006, 1015, 2999, 5000] as [UInt16])
    func writesNoCodeThatMustNotBeSent(code: UInt16) {
        #expect(WebSocketFrameEncoder.close(code: code, reason: "x") == [0x88, 0])
    }

    @Test func cutsReasonsBetweenCharacters() {
        let frame = WebSocketFrameEncoder.close(code: 1000, reason: "x" + String(repeating: "ä", count: 100))
        #expect(frame.count == 2 + 2 + 1 + 61 * 2)
        #expect(String(validating: frame.dropFirst(4), as: UTF8.self) == "x" + String(repeating: "ä", count: 61))
    }
}
