import ChatifyWire
import Testing

/// Framing, pings, reserved bits and opcodes: what sections 1 to 4 of the Autobahn suite try.
@Suite struct WebSocketFramingTests {
    @Test(arguments: [0, 1, 7, 8, 9, 125, 126, 127, 128, 4096, 65535, 65536])
    func readsMessagesOfEverySize(size: Int) {
        let letters = [UInt8](repeating: 0x2A, count: size)
        let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        #expect(replayWebSocket(text(letters)).items == [.text(letters)])
        #expect(replayWebSocket(binary(bytes) + binary(bytes)).items == [.binary(bytes), .binary(bytes)])
    }

    @Test(arguments: [[0, 0, 0, 0], [0xFF, 0xFF, 0xFF, 0xFF], [1, 2, 3, 4], [0x80, 0, 0, 1]] as [[UInt8]])
    func removesEveryMask(mask: [UInt8]) {
        let payload = (0..<150).map { UInt8($0) }
        let frame = ClientFrame(opcode: 2, payload: payload, mask: mask)
        #expect(replayWebSocket(frame.bytes).items == [.binary(payload)])
    }

    @Test func handsPayloadsOnAsTheyCome() {
        let frame = text("Hello")
        var connection = WebSocketServerConnection()
        connection.feed(Array(frame.prefix(8)))
        #expect(connection.next() == .data(kind: .text, bytes: Array("He".utf8), endsMessage: false))
        #expect(connection.next() == nil)
        #expect(connection.bufferedBytes == 0)
        connection.feed(Array(frame.dropFirst(8)))
        #expect(connection.next() == .data(kind: .text, bytes: Array("llo".utf8), endsMessage: true))
        #expect(connection.next() == nil)
    }

    @Test(arguments: [0, 1, 8, 124, 125])
    func answersPings(size: Int) {
        let payload = (0..<size).map { UInt8($0) }
        #expect(replayWebSocket(ping(payload)).items == [.sent([0x8A, UInt8(size)] + payload)])
    }

    @Test func answersManyPingsInOrder() {
        let bytes = (0..<10).flatMap { ping([$0]) }
        #expect(replayWebSocket(bytes).items == (0..<10).map { .sent([0x8A, 1, $0]) })
    }

    @Test func reportsPongs() {
        #expect(replayWebSocket(pong() + pong([1, 2]) + ping()).items == [.pong, .pong, .sent([0x8A, 0])])
    }

    @Test(arguments: [8, 9, 10] as [UInt8])
    func refusesLongControlFrames(opcode: UInt8) {
        expectFailure(ClientFrame(opcode: opcode, payload: [UInt8](repeating: 0, count: 126)).bytes, 1002)
        expectFailure(ClientFrame(opcode: opcode, payload: [1], form: .two).bytes, 1002)
        expectFailure(ClientFrame(opcode: opcode, payload: [1], form: .eight).bytes, 1002)
    }

    @Test(arguments: [1, 2, 3, 4, 5, 6, 7] as [UInt8], [1, 2, 8, 9, 10] as [UInt8])
    func refusesReservedBits(reserved: UInt8, opcode: UInt8) {
        let frame = ClientFrame(opcode: opcode, payload: [], reserved: reserved)
        expectFailure(text("a") + frame.bytes + ping(), 1002, after: [.text([0x61])])
    }

    @Test(arguments: [3, 4, 5, 6, 7, 11, 12, 13, 14, 15] as [UInt8])
    func refusesReservedOpcodes(opcode: UInt8) {
        for payload in [[], [1, 2, 3]] as [[UInt8]] {
            expectFailure(text("a") + ClientFrame(opcode: opcode, payload: payload).bytes, 1002, after: [.text([0x61])])
        }
    }

    @Test(arguments: [0, 1, 2, 8, 9, 10] as [UInt8])
    func refusesFramesWithoutMask(opcode: UInt8) {
        expectFailure(ClientFrame(opcode: opcode, payload: [], mask: nil).bytes, 1002)
    }

    @Test(
        arguments: [
            (0, .two), (1, .two), (125, .two), (0, .eight), (125, .eight), (126, .eight), (65535, .eight),
        ] as [(Int, ClientFrame.LengthForm)]
    )
    func refusesLengthsNotInShortestForm(size: Int, form: ClientFrame.LengthForm) {
        expectFailure(ClientFrame(opcode: 2, payload: [UInt8](repeating: 0, count: size), form: form).bytes, 1002)
    }

    @Test(arguments: [1 << 63, .max, 1 << 63 + 5] as [UInt64])
    func refusesLengthsWithTopBit(length: UInt64) {
        expectFailure(ClientFrame.header(opcode: 2, length: length), 1002)
    }
}
