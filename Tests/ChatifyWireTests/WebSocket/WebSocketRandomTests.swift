import ChatifyWire
import TestSupport
import Testing

@Suite struct WebSocketRandomTests {
    /// Sound conversations come through whole, however they are fragmented and cut.
    @Test(arguments: 0..<20 as Range<UInt64>)
    func readsRandomConversations(seed: UInt64) {
        var generator = SeededRandom(seed: seed)
        var bytes: [UInt8] = []
        var expected: [WebSocketOutcome.Item] = []
        for _ in 0..<10 {
            let payload = (0..<Int.random(in: 0...300, using: &generator)).map { _ in
                UInt8.random(in: 0...255, using: &generator)
            }
            var frames = Chopping.randomly(payload, seed: generator.next()).map { more($0, isFinal: false) }
            frames.insert(binary([], isFinal: false), at: 0)
            for frame in frames {
                bytes += frame
                guard Int.random(in: 0..<4, using: &generator) == 0 else { continue }
                bytes += ping([7])
                expected.append(.sent([0x8A, 1, 7]))
            }
            bytes += more("")
            expected.append(.binary(payload))
        }
        #expect(replayWebSocket(bytes).items == expected)
    }

    /// Noise never crashes and means the same however it is cut.
    @Test(arguments: [false, true])
    func survivesNoise(allowsCompression: Bool) {
        var generator = SeededRandom(seed: 5)
        for _ in 0..<500 {
            var bytes = (0..<Int.random(in: 0...4, using: &generator)).flatMap { _ in
                ClientFrame(
                    opcode: UInt8.random(in: 0...10, using: &generator),
                    payload: (0..<Int.random(in: 0...130, using: &generator)).map { UInt8($0) },
                    isFinal: Bool.random(using: &generator),
                    reserved: allowsCompression ? UInt8.random(in: 0...1, using: &generator) * 4 : 0
                ).bytes
            }
            for _ in 0..<3 where !bytes.isEmpty {
                bytes[Int.random(in: 0..<bytes.count, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
            }
            _ = replayWebSocket(bytes, to: WebSocketServerConnection(allowsCompression: allowsCompression))
        }
    }
}
