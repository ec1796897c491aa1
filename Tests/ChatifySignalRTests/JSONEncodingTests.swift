import TestSupport
import Testing

@testable import ChatifyJSON
@testable import ChatifySignalR

@Suite struct JSONEncodingTests {
    @Test(
        arguments: [
            (.ping, #"{"type":6};"#),
            (
                .invocation(.init(target: "ReceiveMessage", arguments: [.encoded(Array(#"{"a":1}"#.utf8))])),
                #"{"type":1,"target":"ReceiveMessage","arguments":[{"a":1}]};"#
            ),
            (
                .invocation(.init(id: "1", target: "T", streamIDs: ["2"], headers: ["b": "2", "a": "1"])),
                #"{"type":1,"headers":{"a":"1","b":"2"},"invocationId":"1","target":"T","arguments":[],"streamIds":["2"]};"#
            ),
            (
                .streamInvocation(
                    .init(id: "1", target: "T", arguments: [.null, .bool(true), .integer(-3), .double(0.5)])
                ),
                #"{"type":4,"invocationId":"1","target":"T","arguments":[null,true,-3,0.5]};"#
            ),
            (
                .streamItem(.init(id: "1", item: .array([.encoded([0x31]), .encoded([0x32])]))),
                #"{"type":2,"invocationId":"1","item":[1,2]};"#
            ),
            (.completion(.init(id: "1", outcome: .void)), #"{"type":3,"invocationId":"1"};"#),
            (
                .completion(.init(id: "1", outcome: .result(.null))),
                #"{"type":3,"invocationId":"1","result":null};"#
            ),
            (
                .completion(.init(id: "a\"b", outcome: .result(.object([.init("x", .string("\u{1e};"))])))),
                #"{"type":3,"invocationId":"a\"b","result":{"x":"\u001e;"}};"#
            ),
            (.completion(.init(id: "1", outcome: .error("no"))), #"{"type":3,"invocationId":"1","error":"no"};"#),
            (.cancelInvocation(id: "1"), #"{"type":5,"invocationId":"1"};"#),
            (.close(.init()), #"{"type":7};"#),
            (.close(.init(error: "e", allowReconnect: true)), #"{"type":7,"error":"e","allowReconnect":true};"#),
            (.ack(5), #"{"type":8,"sequenceId":5};"#), (.sequence(6), #"{"type":9,"sequenceId":6};"#),
            (.unknown(type: 77), #"{"type":77};"#),
        ] as [(HubMessage, String)]
    )
    func encodes(message: HubMessage, expected: String) {
        let bytes = JSONHubProtocol().encode(message)
        #expect(text(bytes) == expected)
        #expect(bytes.last == 0x1E && bytes.filter { $0 == 0x1E }.count == 1)
    }

    @Test(
        arguments: [
            ([], ""), ([0], "AA=="), ([0xFF, 0xFE], "//4="), ([0xFB, 0xEF, 0xBE], "++++"),
            (Array("foobar".utf8), "Zm9vYmFy"),
            (Array("fooba".utf8), "Zm9vYmE="),
        ] as [([UInt8], String)]
    )
    func bytesAreBase64(bytes: [UInt8], expected: String) {
        let message = HubMessage.completion(.init(id: "1", outcome: .result(.bytes(bytes))))
        #expect(text(JSONHubProtocol().encode(message)) == #"{"type":3,"invocationId":"1","result":"\#(expected)"};"#)
        let urlSafe = expected.filter { $0 != "=" }.map { $0 == "+" ? "-" : $0 == "/" ? "_" : $0 }
        #expect(String(decoding: Base64.encode(bytes, as: .urlSafe), as: UTF8.self) == String(urlSafe))
    }

    @Test(arguments: 0..<20 as Range<UInt64>)
    func whatIsEncodedDecodes(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        for _ in 0..<100 {
            let message = HubMessage.random(using: &random)
            #expect(try JSONHubProtocol().decode(JSONHubProtocol().encode(message).dropLast()) == message)
        }
    }
}

extension HubProtocol {
    fileprivate func decode(_ record: ArraySlice<UInt8>) throws -> HubMessage { try self.decode(Array(record)) }
}
