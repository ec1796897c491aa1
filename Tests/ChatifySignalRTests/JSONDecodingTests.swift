import ChatifySignalR
import Testing

@Suite struct JSONDecodingTests {
    private static let call = HubInvocation(id: "7", target: "Send", arguments: [.integer(1), .string("a")])

    @Test(
        arguments: [
            (#"{"type":1,"invocationId":"7","target":"Send","arguments":[1,"a"]}"#, .invocation(call)),
            (#"{"arguments":[1,"a"],"target":"Send","invocationId":"7","type":1}"#, .invocation(call)),
            (
                #" { "x" : {"y":[1]}, "type" : 1 , "invocationId":"7", "target":"Send" ,"arguments":[ 1 ,"a" ],"z":null } "#,
                .invocation(call)
            ),
            (#"{"type":1,"target":"T","arguments":[]}"#, .invocation(HubInvocation(target: "T"))),
            (#"{"type":1,"invocationId":null,"target":"T","arguments":[]}"#, .invocation(HubInvocation(target: "T"))),
            (#"{"type":1,"invocationId":"","target":"T","arguments":[]}"#, .invocation(HubInvocation(target: "T"))),
            (
                #"{"type":1,"target":"T","arguments":[],"streamIds":["1","2"],"headers":{"a":"b"}}"#,
                .invocation(HubInvocation(target: "T", streamIDs: ["1", "2"], headers: ["a": "b"]))
            ),
            (
                #"{"type":1,"target":"T","arguments":[],"streamIds":null,"headers":null}"#,
                .invocation(HubInvocation(target: "T"))
            ),
            (
                #"{"type":2,"invocationId":"s","item":{"a":1.5}}"#,
                .streamItem(.init(id: "s", item: .object([.init("a", .double(1.5))])))
            ),
            (#"{"type":2,"invocationId":"s","item":null}"#, .streamItem(.init(id: "s", item: .null))),
            (#"{"type":3,"invocationId":"1"}"#, .completion(.init(id: "1", outcome: .void))),
            (#"{"type":3,"invocationId":"1","result":null}"#, .completion(.init(id: "1", outcome: .result(.null)))),
            (
                #"{"result":true,"invocationId":"1","type":3}"#,
                .completion(.init(id: "1", outcome: .result(.bool(true))))
            ),
            (#"{"type":3,"invocationId":"1","error":"no"}"#, .completion(.init(id: "1", outcome: .error("no")))),
            (
                #"{"type":3,"invocationId":"1","error":null,"result":1}"#,
                .completion(.init(id: "1", outcome: .result(.integer(1))))
            ),
            (#"{"type":4,"invocationId":"7","target":"Send","arguments":[1,"a"]}"#, .streamInvocation(call)),
            (#"{"type":5,"invocationId":"1","headers":{}}"#, .cancelInvocation(id: "1")),
            (#"{"type":6}"#, .ping), (#"{"type":7}"#, .close(HubClose())),
            (#"{"type":7,"error":"x","allowReconnect":true}"#, .close(HubClose(error: "x", allowReconnect: true))),
            (#"{"type":7,"error":null,"allowReconnect":null}"#, .close(HubClose())),
            (#"{"type":8,"sequenceId":12}"#, .ack(12)), (#"{"type":9,"sequenceId":1}"#, .sequence(1)),
            (#"{"type":10}"#, .unknown(type: 10)), (#"{"type":0,"x":[{}]}"#, .unknown(type: 0)),
            (#"{"type":-1}"#, .unknown(type: -1)), (#"{"type":6,"Type":7,"TYPE":"x"}"#, .ping),
            (#"{"\u0074ype":6}"#, .ping),
        ] as [(String, HubMessage)]
    )
    func decodes(record: String, expected: HubMessage) throws {
        #expect(try JSONHubProtocol().decode(Array(record.utf8)) == expected)
    }

    @Test(arguments: [
        "", " ", "x", "null", "[]", "1", "\"a\"", "{", "{}", #"{"type":null}"#, #"{"type":"1"}"#, #"{"type":1.0}"#,
        #"{"type":6}{"type":6}"#, #"{"type":99999999999999999999}"#,
        #"{"type":1}"#, #"{"type":1,"target":"T"}"#, #"{"type":1,"arguments":[]}"#,
        #"{"type":1,"target":"","arguments":[]}"#, #"{"type":1,"target":null,"arguments":[]}"#,
        #"{"type":1,"target":1,"arguments":[]}"#, #"{"type":1,"target":"T","arguments":null}"#,
        #"{"type":1,"target":"T","arguments":{}}"#, #"{"type":1,"target":"T","arguments":[],"invocationId":1}"#,
        #"{"type":1,"target":"T","arguments":[],"streamIds":[1]}"#,
        #"{"type":1,"target":"T","arguments":[],"streamIds":"1"}"#,
        #"{"type":1,"target":"T","arguments":[],"headers":{"a":1}}"#,
        #"{"type":1,"target":"T","arguments":[],"headers":[]}"#,
        #"{"type":2,"invocationId":"1"}"#, #"{"type":2,"item":1}"#, #"{"type":2,"invocationId":"","item":1}"#,
        #"{"type":3}"#, #"{"type":3,"invocationId":"1","result":1,"error":"x"}"#,
        #"{"type":3,"invocationId":"1","result":null,"error":"x"}"#, #"{"type":3,"invocationId":"1","error":1}"#,
        #"{"type":4,"target":"T","arguments":[]}"#, #"{"type":4,"invocationId":"","target":"T","arguments":[]}"#,
        #"{"type":5}"#, #"{"type":5,"invocationId":null}"#, #"{"type":7,"allowReconnect":"yes"}"#,
        #"{"type":7,"error":{}}"#, #"{"type":8}"#, #"{"type":8,"sequenceId":"1"}"#, #"{"type":9,"sequenceId":1.5}"#,
    ])
    func refuses(record: String) {
        #expect(throws: HubProtocolError.self) { try JSONHubProtocol().decode(Array(record.utf8)) }
    }

    @Test func depthIsThatOfSystemTextJson() throws {
        func record(depth: Int) -> [UInt8] {
            let open = String(repeating: "[", count: depth)
            let close = String(repeating: "]", count: depth)
            return Array("{\"type\":2,\"invocationId\":\"1\",\"item\":\(open)\(close)}".utf8)
        }
        _ = try JSONHubProtocol().decode(record(depth: 63))
        #expect(throws: HubProtocolError.self) { try JSONHubProtocol().decode(record(depth: 64)) }
    }

    @Test func reasonsNameFieldsOnly() {
        #expect(throws: HubProtocolError(reason: "required property 'target' is missing")) {
            try JSONHubProtocol().decode(Array(#"{"type":1,"x":"secret"}"#.utf8))
        }
        #expect(throws: HubProtocolError(reason: "expected a string at byte 10")) {
            try JSONHubProtocol().decode(Array(#"{"target":1}"#.utf8))
        }
    }
}
