import ChatifyWire
import Testing

/// Large messages and limits: what section 9 of the Autobahn suite tries.
@Suite struct WebSocketLimitsTests {
    private static func connection(frame: Int, message: Int) -> WebSocketServerConnection {
        var limits = WebSocketLimits()
        limits.maxFrameBytes = frame
        limits.maxMessageBytes = message
        return WebSocketServerConnection(limits: limits)
    }

    @Test(arguments: [1 << 16, 1 << 18, 1 << 20, 1 << 22, 1 << 23, 1 << 24])
    func readsLargeMessages(size: Int) {
        let payload = [UInt8](repeating: 0x2A, count: size)
        let connection = Self.connection(frame: size, message: size)
        let pieces = Chopping.pieces(text(payload), of: 65536)
        #expect(WebSocketOutcome(feeding: pieces, to: connection).items == [.text(payload)])
    }

    @Test(arguments: [64, 256, 1024, 4096, 16384, 65536, 262_144, 1 << 20])
    func joinsLargeFragmentedMessages(fragment: Int) {
        let payload = [UInt8](repeating: 0x2A, count: 1 << 20)
        let frames = Chopping.pieces(payload, of: fragment).flatMap { more($0, isFinal: false) }
        let bytes = binary([], isFinal: false) + frames + more("")
        let outcome = WebSocketOutcome(
            feeding: Chopping.pieces(bytes, of: 65536),
            to: Self.connection(frame: fragment, message: 1 << 20)
        )
        #expect(outcome.items == [.binary(payload)])
    }

    @Test(arguments: [1, 2, 3, 7, 64, 128, 256, 512, 1024, 2048])
    func readsSmallChops(chop: Int) {
        let payload = Array(String(repeating: "aä😀z", count: 2500).utf8)
        let pieces = Chopping.pieces(text(payload), of: chop)
        #expect(WebSocketOutcome(feeding: pieces, to: WebSocketServerConnection()).items == [.text(payload)])
    }

    @Test func refusesFramesOverTheLimitFromTheHeader() {
        let connection = Self.connection(frame: 10, message: 100)
        let payload = [UInt8](repeating: 0x2A, count: 10)
        #expect(replayWebSocket(text(payload), to: connection).items == [.text(payload)])
        // No mask and no payload has come when the refusal is due.
        expectFailure([0x81, 0x80 | 11], 1009, to: connection)
        expectFailure([0x82, 0x80 | 126, 0x01, 0x00], 1009, to: connection)
        expectFailure(ClientFrame.header(opcode: 2, length: 1 << 62), 1009, to: connection)
        expectFailure(ClientFrame.header(opcode: 1, length: UInt64(Int.max)), 1009, to: connection)
    }

    @Test func refusesMessagesOverTheLimitFromTheHeader() {
        let connection = Self.connection(frame: 10, message: 20)
        let ten = [UInt8](repeating: 0x2A, count: 10)
        let start = text(ten, isFinal: false)
        #expect(
            replayWebSocket(start + ping() + more(ten), to: connection).items == [.sent([0x8A, 0]), .text(ten + ten)]
        )
        expectFailure(start + more(ten, isFinal: false) + [0x00, 0x81], 1009, to: connection)
        let many = start + more(ten) + start + more(ten)
        #expect(replayWebSocket(many, to: connection).items == [.text(ten + ten), .text(ten + ten)])
    }

    @Test func defaultsToOneMebibyte() {
        expectFailure(ClientFrame.header(opcode: 2, length: 1 << 20 + 1), 1009)
        #expect(replayWebSocket(ClientFrame.header(opcode: 2, length: 1 << 20)).items == [])
    }

    @Test func buffersNoPayload() {
        var connection = WebSocketServerConnection()
        let bytes = text([UInt8](repeating: 0x2A, count: 100_000)) + ping([UInt8](repeating: 1, count: 125))
        for piece in Chopping.randomly(bytes, seed: 3) {
            connection.feed(piece)
            while connection.next() != nil {}
            #expect(connection.bufferedBytes < 139)
        }
    }
}
