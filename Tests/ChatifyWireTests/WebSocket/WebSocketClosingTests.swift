import ChatifyWire
import Testing

/// The closing handshake: what section 7 of the Autobahn suite tries.
@Suite struct WebSocketClosingTests {
    @Test func answersACloseWithItsCode() {
        let bytes = text("a") + close(1000, "bye") + text("b") + ping()
        #expect(replayWebSocket(bytes).items == [.text([0x61]), .sent([0x88, 2, 3, 0xE8]), .closed(1000, "bye")])
    }

    @Test func answersACloseWithoutCode() {
        #expect(replayWebSocket(close() + close()).items == [.sent([0x88, 0]), .closed(1005, "")])
    }

    @Test(arguments: [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999])
    func acceptsCodes(code: UInt16) {
        let outcome = replayWebSocket(close(code, "Grüße"))
        #expect(outcome.items.last == .closed(code, "Grüße"))
        #expect(outcome.sentCloseCodes == [code])
    }

    @Test(
        arguments: [
            0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535,
        ] as [UInt16]
    )
    func refusesCodes(code: UInt16) {
        expectFailure(close(code), 1002)
        expectFailure(close(code, "why"), 1002)
    }

    @Test func refusesHalfACode() {
        expectFailure(close([3]), 1002)
    }

    @Test func takesTheLongestReason() {
        let reason = String(repeating: "*", count: 123)
        #expect(replayWebSocket(close(1000, reason)).items.last == .closed(1000, reason))
        expectFailure(close(1000, reason + "*"), 1002)
    }

    @Test(arguments: [[0xCE], [0xFF], [0xED, 0xA0, 0x80], [0xCE, 0xBA, 0xE1, 0xBD]] as [[UInt8]])
    func refusesReasonsThatAreNotText(reason: [UInt8]) {
        expectFailure(close([3, 0xE8] + reason), 1007)
    }

    @Test func closesFromOurSide() {
        var connection = WebSocketServerConnection()
        #expect(!connection.isClosing)
        #expect(connection.close(code: 1001, reason: "restart") == [0x88, 9, 3, 0xE9] + Array("restart".utf8))
        #expect(connection.isClosing)
        #expect(connection.close(code: 1000, reason: "") == nil)
        // Data, pings and pongs are ignored until the peer's close, which is not answered again.
        let bytes =
            text("a") + text([0xFF]) + ping() + pong() + binary([1], isFinal: false) + ping() + close(1001) + ping()
        #expect(replayWebSocket(bytes, to: connection).items == [.closed(1001, "")])
    }

    @Test func closesInTheMiddleOfAMessage() {
        var connection = WebSocketServerConnection()
        let frame = text("äöü")
        connection.feed(Array(frame.prefix(7)))
        #expect(connection.next() == .data(kind: .text, bytes: [0xC3], endsMessage: false))
        #expect(connection.close(code: 1000, reason: "") == [0x88, 2, 3, 0xE8])
        connection.feed(Array(frame.dropFirst(7)) + close(1000))
        #expect(connection.next() == .close(code: 1000, reason: ""))
        #expect(connection.next() == nil)
    }

    @Test func reportsFailuresWhileClosingWithoutSending() {
        var connection = WebSocketServerConnection()
        _ = connection.close(code: 1000, reason: "")
        let outcome = replayWebSocket(ClientFrame(opcode: 3, payload: []).bytes, to: connection)
        #expect(outcome.items == [.closed(1002, "reserved opcode")])
    }

    @Test func cannotCloseAfterTheEnd() {
        var connection = WebSocketServerConnection()
        connection.feed(close(1000))
        #expect(connection.next() == .send([0x88, 2, 3, 0xE8]))
        #expect(connection.isClosing && connection.close(code: 1000, reason: "") == nil)
        #expect(connection.next() == .close(code: 1000, reason: ""))
        connection.feed(text("late"))
        #expect(connection.next() == nil && connection.bufferedBytes == 0)
        #expect(connection.close(code: 1000, reason: "") == nil)
    }
}
