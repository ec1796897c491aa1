import ChatifyWire
import TestSupport
import Testing

@testable import ChatifyServer

@Suite struct CompressionTests {
    /// What a message of `pieces` inflates to.
    private static func inflate(
        _ pieces: [[UInt8]],
        kind: WebSocketAction.DataKind = .binary,
        limit: Int = 1 << 20
    ) throws -> [UInt8] {
        let message = InflatingMessage(kind: kind, limit: limit)
        var inflated: [UInt8] = []
        for (index, piece) in pieces.enumerated() {
            try message.receive(piece, endsMessage: index == pieces.count - 1) { inflated += $0 }
        }
        return inflated
    }

    private static func text(_ length: Int, seed: UInt64) -> [UInt8] {
        var random = SeededRandom(seed: seed)
        let words = ["chat", "message", "scope", "{\"type\":1}", "é", "😀", "0123456789"]
        var text = ""
        while text.utf8.count < length { text += words.randomElement(using: &random) ?? "" }
        return Array(text.utf8)
    }

    @Test(arguments: [64, 100, 1000, 16_384, 100_000, 500_000], UInt64(1)...4)
    func comesBackAsItWent(length: Int, seed: UInt64) throws {
        let message = Self.text(length, seed: seed)
        let compressed = try #require(Deflater().compress(message))
        #expect(compressed.count < message.count)
        var random = SeededRandom(seed: seed)
        let cut = Int.random(in: 0...compressed.count, using: &random)
        let pieces = [Array(compressed[..<cut]), Array(compressed[cut...])]
        #expect(try Self.inflate(pieces, kind: .text) == message)
    }

    @Test func oneCompressorKeepsMessagesApart() throws {
        let deflater = Deflater()
        let message = Self.text(1000, seed: 9)
        let first = deflater.compress(message)
        #expect(first != nil)
        #expect(deflater.compress(message) == first)
    }

    @Test func leavesAloneWhatGetsNoShorter() {
        var random = SeededRandom(seed: 5)
        let noise = (0..<5000).map { _ in UInt8.random(in: 0...255, using: &random) }
        #expect(Deflater().compress(noise) == nil)
        #expect(Deflater().compress([]) == nil)
        #expect(WebSocketFrameEncoder.deflatedBinary(noise) == WebSocketFrameEncoder.binary(noise))
        #expect(WebSocketFrameEncoder.deflatedText([0x61]) == WebSocketFrameEncoder.text([0x61]))
    }

    /// The examples of RFC 7692 section 7.2.3.
    @Test(
        arguments: [
            [0xF2, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00],
            [0x00, 0x05, 0x00, 0xFA, 0xFF, 0x48, 0x65, 0x6C, 0x6C, 0x6F, 0x00],
            [0xF3, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00, 0x00],
            [0xF2, 0x48, 0x05, 0x00, 0x00, 0x00, 0xFF, 0xFF, 0xCA, 0xC9, 0xC9, 0x07, 0x00],
        ] as [[UInt8]]
    )
    func inflatesTheExamples(bytes: [UInt8]) throws {
        #expect(try Self.inflate([bytes], kind: .text) == Array("Hello".utf8))
        #expect(try Self.inflate(bytes.map { [$0] }, kind: .text) == Array("Hello".utf8))
    }

    @Test func inflatesNothingToNothing() throws {
        #expect(try Self.inflate([[0x00]]) == [])
        #expect(try Self.inflate([[]]) == [])
    }

    @Test(
        arguments: [
            ([[0xFF, 0xFF, 0xFF, 0xFF]], WebSocketAction.DataKind.binary),
            ([[0x07]], .binary),
            ([Deflater().compress([UInt8](repeating: 0xFF, count: 100)) ?? []], .text),
            ([Deflater().compress([UInt8](repeating: 0x61, count: 100) + [0xC3]) ?? []], .text),
        ]
    )
    func refusesWhatIsNoMessage(pieces: [[UInt8]], kind: WebSocketAction.DataKind) {
        let refusal = #expect(throws: InflatingMessage.Refusal.self) { try Self.inflate(pieces, kind: kind) }
        #expect(refusal?.code == WebSocketCloseCode.invalidPayload)
    }

    @Test func stopsABombAtTheLimit() throws {
        let bomb = try #require(Deflater().compress([UInt8](repeating: 0x20, count: 4 << 20)))
        #expect(bomb.count < 32_768)
        let message = InflatingMessage(kind: .binary, limit: 100_000)
        var inflated = 0
        let refusal = #expect(throws: InflatingMessage.Refusal.self) {
            try message.receive(bomb, endsMessage: true) { inflated += $0.count }
        }
        #expect(refusal?.code == WebSocketCloseCode.messageTooBig)
        #expect(inflated <= 100_000)
    }

    @Test func takesExactlyTheLimit() throws {
        let message = [UInt8](repeating: 0x20, count: 100_000)
        let compressed = try #require(Deflater().compress(message))
        #expect(try Self.inflate([compressed], limit: 100_000) == message)
        #expect(throws: InflatingMessage.Refusal.self) { try Self.inflate([compressed], limit: 99_999) }
    }
}

extension InflatingMessage {
    /// Feeds a part and takes all there is of it.
    func receive(
        _ bytes: [UInt8],
        endsMessage: Bool,
        _ use: ([UInt8]) -> Void
    ) throws(Refusal) {
        self.feed(bytes, endsMessage: endsMessage)
        while let piece = try self.next() { use(piece) }
    }
}
