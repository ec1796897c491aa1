import Testing

@testable import ChatifyWire

@Suite struct PermessageDeflateTests {
    private static let plain = "permessage-deflate; server_no_context_takeover; client_no_context_takeover"

    private static func response(to offers: [String]) throws -> String? {
        let headers = HTTPHeaders([("Host", "a")] + offers.map { ("Sec-WebSocket-Extensions", $0) })
        let head = try HTTPRequestHead(method: "GET", target: "/hub", minorVersion: 1, headers: headers)
        return PermessageDeflate.accept(head)?.response
    }

    @Test(
        arguments: [
            ["permessage-deflate"],
            ["Permessage-Deflate"],
            ["permessage-deflate; client_max_window_bits"],
            ["permessage-deflate; client_max_window_bits=8"],
            ["permessage-deflate;server_no_context_takeover ;\tclient_no_context_takeover"],
            ["x-unknown; a=b, permessage-deflate"],
            ["x-unknown", "permessage-deflate"],
            ["permessage-deflate; server_max_window_bits=9, permessage-deflate"],
            ["permessage-deflate; x=1, permessage-deflate; client_max_window_bits=\"15\""],
        ]
    )
    func accepts(offers: [String]) throws {
        #expect(try Self.response(to: offers) == Self.plain)
    }

    @Test(arguments: ["12", "15", "\"13\""])
    func keepsToTheWindowThatIsAskedFor(bits: String) throws {
        let answered = bits.filter { $0 != "\"" }
        let response = try Self.response(to: ["permessage-deflate; server_max_window_bits=\(bits)"])
        #expect(response == "\(Self.plain); server_max_window_bits=\(answered)")
    }

    @Test(
        arguments: [
            [], [""], [","], [";"], ["x-webkit-deflate-frame"], ["deflate"],
            ["permessage-deflate; unknown"],
            ["permessage-deflate; server_no_context_takeover=1"],
            ["permessage-deflate; server_no_context_takeover; server_no_context_takeover"],
            ["permessage-deflate; server_max_window_bits"],
            ["permessage-deflate; server_max_window_bits=8"],
            ["permessage-deflate; server_max_window_bits=16"],
            ["permessage-deflate; server_max_window_bits=012"],
            ["permessage-deflate; server_max_window_bits=\"12"],
            ["permessage-deflate; client_max_window_bits=7"],
            ["permessage-deflate; client_max_window_bits=+9"],
            ["permessage-deflate; client_max_window_bits="],
            ["permessage-deflate;"],
            ["permessage-deflate; =8"],
        ]
    )
    func declines(offers: [String]) throws {
        #expect(try Self.response(to: offers) == nil)
    }
}

@Suite struct WebSocketCompressionTests {
    private static let agreed = WebSocketServerConnection(allowsCompression: true)

    private static func compressed(_ opcode: UInt8, _ payload: [UInt8], isFinal: Bool = true) -> [UInt8] {
        ClientFrame(opcode: opcode, payload: payload, isFinal: isFinal, reserved: 4).bytes
    }

    @Test func handsCompressedMessagesOn() {
        // Not UTF-8: that is for whoever inflates it to see.
        let bytes =
            Self.compressed(1, [0xFF, 0xFE]) + text("plain") + Self.compressed(2, [1], isFinal: false) + ping()
            + more([2])
        let outcome = replayWebSocket(bytes, to: Self.agreed)
        #expect(
            outcome.items == [
                .compressed([0xFF, 0xFE]), .text(Array("plain".utf8)), .sent(WebSocketFrameEncoder.pong()),
                .compressed([1, 2]),
            ]
        )
    }

    @Test(
        arguments: [
            (ClientFrame(opcode: 1, payload: [1], reserved: 2), "the second reserved bit"),
            (ClientFrame(opcode: 1, payload: [1], reserved: 5), "the third reserved bit"),
            (ClientFrame(opcode: 9, payload: [], reserved: 4), "a control frame"),
            (ClientFrame(opcode: 0, payload: [1], reserved: 4), "a continuation"),
        ]
    )
    func refusesTheBitElsewhere(frame: ClientFrame, what: String) {
        let start = frame.opcode == 0 ? text("a", isFinal: false) : []
        expectFailure(start + frame.bytes, 1002, to: Self.agreed)
    }

    @Test func refusesTheBitUnlessAgreed() {
        expectFailure(Self.compressed(1, [1]), 1002)
    }

    @Test func countsWhatTravels() {
        var limits = WebSocketLimits()
        limits.maxMessageBytes = 3
        let connection = WebSocketServerConnection(limits: limits, allowsCompression: true)
        expectFailure(Self.compressed(1, [1, 2], isFinal: false) + more([3, 4]), 1009, to: connection)
    }

    @Test func marksItsOwn() {
        #expect(WebSocketFrameEncoder.compressedText([7]) == [0xC1, 1, 7])
        #expect(WebSocketFrameEncoder.compressedBinary([7]) == [0xC2, 1, 7])
    }
}
