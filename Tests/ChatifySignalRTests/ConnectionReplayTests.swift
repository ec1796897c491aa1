import TestSupport
import Testing

@testable import ChatifySignalR

/// The same bytes cut in every way are the same actions.
@Suite struct ConnectionReplayTests {
    private static let handshake = #"{"protocol":"json","version":1};"#
    private static let streams: [String] = [
        handshake, handshake + #"{"type":6};"#,
        handshake + #"{"type":1,"invocationId":"é😀","target":"Send","arguments":["\ud83d\ude00é"]};{"type":7};"#,
        handshake + #"{"type":6};{"type":;{"type":6};"#,
        handshake + #"{"type":6};"# + String(repeating: " ", count: 300),
        handshake + String(repeating: #"{"type":5,"invocationId":"1"};"#, count: 30), "nonsense;", ";;;",
        #"{"protocol":"json","version":9};"#, String(repeating: "[", count: 500),
    ]

    private func actions(of chunks: [ArraySlice<UInt8>]) -> [HubConnectionStateMachine.Action] {
        let limit = 256
        var driver = ConnectionDriver(limits: HubLimits(maximumReceiveMessageSize: limit))
        for chunk in chunks {
            driver.receive(chunk)
            #expect(driver.machine.bufferedCount < limit)
        }
        return driver.actions
    }

    @Test(arguments: streams)
    func byteByByte(stream: String) {
        let bytes = stream.records
        #expect(self.actions(of: bytes.indices.map { bytes[$0...$0] }) == self.actions(of: [bytes[...]]))
    }

    @Test(arguments: streams)
    func inTwo(stream: String) {
        let bytes = stream.records
        let whole = self.actions(of: [bytes[...]])
        for cut in 0...bytes.count { #expect(self.actions(of: [bytes[..<cut], bytes[cut...]]) == whole) }
    }

    @Test(arguments: 0..<40 as Range<UInt64>)
    func atRandom(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        var bytes = Self.handshake.records
        for _ in 0..<30 { bytes += JSONHubProtocol().encode(.random(using: &random)) }
        if seed.isMultiple(of: 2) {
            for _ in 0..<2 { bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8(random.next() & 0x7F) }
        }
        let whole = self.actions(of: [bytes[...]])
        for _ in 0..<10 {
            var chunks: [ArraySlice<UInt8>] = []
            var rest = bytes[...]
            while !rest.isEmpty {
                let count = Int.random(in: 1...64, using: &random)
                chunks.append(rest.prefix(count))
                rest = rest.dropFirst(count)
            }
            #expect(self.actions(of: chunks) == whole)
        }
    }
}
