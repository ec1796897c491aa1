import TestSupport
import Testing

@testable import ChatifySignalR

/// The same MessagePack cut in every way is the same actions.
@Suite struct MessagePackReplayTests {
    private static let handshake = #"{"protocol":"messagepack","version":1};"#.records
    private static let limit = 256

    private static let streams: [[UInt8]] = [
        handshake, handshake + bytes(hex: "02 91 06"),
        // 0x1E means nothing any more, be it a length, a type or text.
        handshake + bytes(hex: "1e 95 01 80 a1 1e a1 54 91 b5") + Array(repeating: 0x1E, count: 21)
            + bytes(hex: "02 91 1e"),
        handshake + bytes(hex: "02 91 06 00 02 91 06"), handshake + bytes(hex: "82 00 91 06 02 c1 06"),
        handshake + bytes(hex: "02 91 06 80 80 80 80 80"), handshake + bytes(hex: "ff ff ff ff 0f 91 06"),
        handshake + bytes(hex: "02 91 06 fe 01") + Array(repeating: 0xC0, count: 300),
        handshake + bytes(hex: "02 91 06 ff 01") + Array(repeating: 0xC0, count: 300),
        handshake + Array(repeating: bytes(hex: "05 93 05 80 a1 31"), count: 100).joined(),
        #"{"protocol":"messagepack","version":9};"#.records + bytes(hex: "02 91 06"),
    ]

    private func actions(of chunks: [ArraySlice<UInt8>]) -> [HubConnectionStateMachine.Action] {
        let protocols: [any HubProtocol] = [JSONHubProtocol(), MessagePackHubProtocol()]
        let limits = HubLimits(maximumReceiveMessageSize: Self.limit)
        var driver = ConnectionDriver(protocols: protocols, limits: limits)
        for chunk in chunks {
            driver.receive(chunk)
            #expect(driver.machine.bufferedCount < Self.limit)
        }
        return driver.actions
    }

    /// Messages as bytes, since what was flipped may read as a NaN, which equals nothing.
    private static func bits(_ action: HubConnectionStateMachine.Action) -> [UInt8] {
        guard case .message(let message) = action else { return Array("\(action)".utf8) }
        return MessagePackHubProtocol().encode(message)
    }

    @Test(arguments: streams)
    func byteByByte(stream: [UInt8]) {
        #expect(self.actions(of: stream.indices.map { stream[$0...$0] }) == self.actions(of: [stream[...]]))
    }

    @Test(arguments: streams)
    func inTwo(stream: [UInt8]) {
        let whole = self.actions(of: [stream[...]])
        for cut in 0...stream.count { #expect(self.actions(of: [stream[..<cut], stream[cut...]]) == whole) }
    }

    @Test(arguments: 0..<60 as Range<UInt64>)
    func atRandom(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        var stream = Self.handshake
        for _ in 0..<30 { stream += MessagePackHubProtocol().encode(.random(using: &random)) }
        for _ in 0..<(seed % 3) {
            stream[Int.random(in: 0..<stream.count, using: &random)] = UInt8(random.next() & 0xFF)
        }
        let whole = self.actions(of: [stream[...]]).map(Self.bits)
        for _ in 0..<10 {
            var chunks: [ArraySlice<UInt8>] = []
            var rest = stream[...]
            while !rest.isEmpty {
                chunks.append(rest.prefix(Int.random(in: 1...64, using: &random)))
                rest = rest.dropFirst(chunks[chunks.count - 1].count)
            }
            #expect(self.actions(of: chunks).map(Self.bits) == whole)
        }
    }

    @Test(arguments: 0..<300 as Range<UInt64>)
    func noiseIsMessagesOrAFault(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let noise = (0..<Int.random(in: 1...400, using: &random)).map { _ in UInt8(random.next() & 0xFF) }
        _ = try? MessagePackHubProtocol().decode(noise)
        let actions = self.actions(of: [(Self.handshake + noise)[...]])
        #expect(actions.count { if case .close = $0 { true } else { false } } <= 1)
    }

    @Test func whatComesWithTheHandshakeMayBeMoreThanOneRecordMayBe() {
        let pings = Array(repeating: bytes(hex: "02 91 06"), count: 1000).joined()
        let actions = self.actions(of: [(Self.handshake + pings)[...]])
        #expect(actions.count { $0 == .ping } == 1000)
    }

    @Test(arguments: [
        ("02 91 06 80 02", 1, false), ("02 91 06 81 02", 1, true), ("81 02", 0, true), ("ff ff ff ff 07", 0, true),
        ("ff ff ff ff 08", 0, true), ("80 80 80 80 80", 0, true), ("80 80 80 80", 0, false),
        ("82 80 80 80 00 91 06", 1, false),
    ])
    func lengthsAreJudgedBeforeTheRecordIsThere(stream: String, records: Int, isTooLong: Bool) {
        var splitter = RecordSplitter(limit: 258, framing: .lengthPrefix)
        bytes(hex: stream).withUnsafeBytes { splitter.append($0) }
        var count = 0
        while splitter.next({ _ in }) != nil { count += 1 }
        #expect(count == records)
        #expect(splitter.isTooLong == isTooLong)
        #expect(!isTooLong || splitter.bufferedCount == 0)
    }
}
