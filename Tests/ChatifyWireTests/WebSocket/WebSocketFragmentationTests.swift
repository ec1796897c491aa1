import ChatifyWire
import Testing

/// Messages in several frames: what section 5 of the Autobahn suite tries.
@Suite struct WebSocketFragmentationTests {
    private static let hello = WebSocketOutcome.Item.text(Array("Hello".utf8))

    @Test(arguments: [
        text("Hel", isFinal: false) + more("lo"),
        text("", isFinal: false) + more("Hello"),
        text("Hello", isFinal: false) + more(""),
        text("", isFinal: false) + more("", isFinal: false) + more("Hello", isFinal: false) + more(""),
        text("H", isFinal: false) + more("e", isFinal: false) + more("l", isFinal: false) + more("lo"),
    ])
    func joinsFrames(bytes: [UInt8]) {
        #expect(replayWebSocket(bytes + bytes).items == [Self.hello, Self.hello])
    }

    @Test func joinsEmptyFrames() {
        let bytes = text("", isFinal: false) + more("", isFinal: false) + more("")
        #expect(replayWebSocket(bytes).items == [.text([])])
    }

    @Test func letsControlFramesBetween() {
        let bytes = text("Hel", isFinal: false) + ping([1]) + more("l", isFinal: false) + pong() + ping() + more("o")
        #expect(replayWebSocket(bytes).items == [.sent([0x8A, 1, 1]), .pong, .sent([0x8A, 0]), Self.hello])
    }

    @Test func letsACloseBetween() {
        let bytes = text("Hel", isFinal: false) + close(1000) + more("lo")
        #expect(replayWebSocket(bytes).items == [.sent([0x88, 2, 0x03, 0xE8]), .closed(1000, "")])
    }

    @Test(arguments: [8, 9, 10] as [UInt8])
    func refusesFragmentedControlFrames(opcode: UInt8) {
        expectFailure(ClientFrame(opcode: opcode, payload: [], isFinal: false).bytes + more(""), 1002)
    }

    @Test(arguments: [
        more("a"), more("a", isFinal: false), more(""), more("a", isFinal: false) + text("b"),
        more("a", isFinal: false) + more("b"),
    ])
    func refusesContinuationsOfNothing(bytes: [UInt8]) {
        expectFailure(bytes, 1002)
        expectFailure(text("Hello") + bytes, 1002, after: [Self.hello])
        expectFailure(text("Hel", isFinal: false) + more("lo") + bytes, 1002, after: [Self.hello])
    }

    @Test(arguments: [text("b"), text("b", isFinal: false), binary([1]), binary([], isFinal: false)])
    func refusesMessagesInsideMessages(bytes: [UInt8]) {
        expectFailure(text("a", isFinal: false) + bytes, 1002)
        expectFailure(binary([1], isFinal: false) + more([2], isFinal: false) + bytes, 1002)
    }
}
