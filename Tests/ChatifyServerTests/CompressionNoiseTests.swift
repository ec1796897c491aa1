import ChatifyWire
import TestSupport
import Testing

@testable import ChatifyServer

/// Compressed messages that were damaged, or never were any.
@Suite struct CompressionNoiseTests {
    /// What a message came to: its bytes, or the code that refuses it.
    private enum Outcome: Equatable {
        case inflated([UInt8])
        case refused(UInt16)
    }

    private static func outcome(of pieces: [ArraySlice<UInt8>], kind: WebSocketAction.DataKind, limit: Int) -> Outcome {
        let message = InflatingMessage(kind: kind, limit: limit)
        var inflated: [UInt8] = []
        do throws(InflatingMessage.Refusal) {
            for piece in pieces { try message.receive(Array(piece), endsMessage: false) { inflated += $0 } }
            try message.receive([], endsMessage: true) { inflated += $0 }
            return .inflated(inflated)
        } catch {
            #expect(inflated.count <= limit)
            return .refused(error.code)
        }
    }

    /// Compares the message whole, byte by byte, and cut at random.
    private static func replay(
        _ bytes: [UInt8],
        kind: WebSocketAction.DataKind,
        limit: Int,
        using random: inout SeededRandom
    ) -> Outcome {
        let whole = self.outcome(of: [bytes[...]], kind: kind, limit: limit)
        #expect(self.outcome(of: bytes.indices.map { bytes[$0...$0] }, kind: kind, limit: limit) == whole)
        let cut = Int.random(in: 0...bytes.count, using: &random)
        #expect(self.outcome(of: [bytes[..<cut], bytes[cut...]], kind: kind, limit: limit) == whole)
        return whole
    }

    /// A text that compresses well, and some that do not.
    private static func message(using random: inout SeededRandom) -> [UInt8] {
        let words = ["chat", "message", "é", "😀", "{\"type\":1}", String(repeating: " ", count: 400)]
        let count = Int.random(in: 20...200, using: &random)
        return (0..<count).flatMap { _ in Array((words.randomElement(using: &random) ?? "").utf8) }
    }

    @Test(arguments: 0..<20 as Range<UInt64>)
    func damageIsAnotherMessageOrARefusal(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        for _ in 0..<5 {
            var bytes = try #require(Deflater().compress(Self.message(using: &random)))
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            }
            if Bool.random(using: &random) { bytes.removeLast(Int.random(in: 0..<bytes.count, using: &random)) }
            _ = Self.replay(bytes, kind: .text, limit: 1 << 20, using: &random)
            _ = Self.replay(bytes, kind: .binary, limit: 1000, using: &random)
        }
    }

    @Test(arguments: 0..<20 as Range<UInt64>)
    func noiseIsAMessageOrARefusal(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        for _ in 0..<10 {
            let noise = random.bytes(Int.random(in: 1...200, using: &random))
            _ = Self.replay(noise, kind: .binary, limit: 4096, using: &random)
        }
    }

    /// Every cut of a sound message of several blocks, one of them the last of its stream.
    @Test func everyCutIsTheSameMessage() throws {
        var random = SeededRandom(seed: 1)
        let text = Self.message(using: &random)
        let stored: [UInt8] = [0x01, 0x05, 0x00, 0xFA, 0xFF, 0x48, 0x65, 0x6C, 0x6C, 0x6F]
        let bytes = stored + (try #require(Deflater().compress(text)))
        let expected = Outcome.inflated(Array("Hello".utf8) + text)
        for cut in 0...bytes.count {
            #expect(Self.outcome(of: [bytes[..<cut], bytes[cut...]], kind: .text, limit: 1 << 20) == expected)
        }
    }
}
