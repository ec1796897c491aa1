import Testing

@testable import ChatifySignalR

@Suite struct ConnectionMessageTests {
    private static let closeRecord = #"{"type":7,"error":"Connection closed with an error."};"#.records

    @Test func surfacesWhatConcernsTheHub() {
        var driver = ConnectionDriver.opened()
        driver.receive(
            (#"{"type":1,"target":"T","arguments":[]};{"type":8,"sequenceId":1};{"type":99};{"type":9,"sequenceId":1};"#
                + #"{"type":4,"invocationId":"1","target":"S","arguments":[]};{"type":5,"invocationId":"1"};{"type":6};"#
                + #"{"type":3,"invocationId":"9"};{"type":2,"invocationId":"9","item":1};"#).records
        )
        #expect(
            driver.actions == [
                .message(.invocation(HubInvocation(target: "T"))),
                .message(.streamInvocation(HubInvocation(id: "1", target: "S"))),
                .message(.cancelInvocation(id: "1")), .ping,
                .message(.completion(HubCompletion(id: "9", outcome: .void))),
                .message(.streamItem(HubStreamItem(id: "9", item: .integer(1)))),
            ]
        )
    }

    @Test(arguments: ["x;", ";", "[];", "{};", #"{"type":1};"#, #"{"type":"6"};"#, "{\"type\":6,\"x\":\"\u{0}\"};"])
    func faultsCloseTheConnection(record: String) {
        var driver = ConnectionDriver.opened()
        driver.receive((#"{"type":6};"# + record + #"{"type":6};"#).records)
        #expect(driver.actions.count == 2)
        #expect(driver.actions.first == .ping)
        guard case .close(Self.closeRecord, .protocolFault) = driver.actions.last else {
            Issue.record("\(driver.actions)")
            return
        }
        driver.receive(#"{"type":6};"#.records)
        #expect(driver.actions.count == 2 && driver.machine.bufferedCount == 0)
    }

    @Test func bytesThatAreNotUTF8CloseTheConnection() {
        var driver = ConnectionDriver.opened()
        driver.receive(Array(#"{"type":5,"invocationId":""#.utf8) + [0xC3, 0x28] + #""};"#.records)
        guard case .close(Self.closeRecord, .protocolFault) = driver.actions.last else {
            Issue.record("\(driver.actions)")
            return
        }
    }

    @Test func aRecordOfTheLimitPassesAndALongerOneDoesNot() {
        func record(size: Int) -> [UInt8] {
            let frame = #"{"type":5,"invocationId":""};"#
            return #"{"type":5,"invocationId":""#.records + Array(repeating: 0x61, count: size - frame.utf8.count)
                + #""};"#.records
        }
        var driver = ConnectionDriver.opened()
        for _ in 0..<3 { driver.receive(record(size: 32768)) }
        #expect(driver.actions.count == 3)
        driver.receive(record(size: 32769))
        #expect(driver.actions.last == .close(sending: Self.closeRecord, reason: .recordTooLong))
        #expect(driver.actions.count == 4)
    }

    @Test func manyRecordsTogetherMayExceedTheLimit() {
        var driver = ConnectionDriver.opened()
        driver.receive(String(repeating: #"{"type":6};"#, count: 10_000).records)
        #expect(driver.actions == Array(repeating: .ping, count: 10_000))
    }

    @Test func endlessDataIsCutOffAtTheLimit() {
        var driver = ConnectionDriver.opened(limits: HubLimits(maximumReceiveMessageSize: 1000))
        for _ in 0..<999 { driver.receive([0x20]) }
        #expect(driver.actions == [] && driver.machine.bufferedCount == 999)
        driver.receive([0x20])
        #expect(driver.actions == [.close(sending: Self.closeRecord, reason: .recordTooLong)])
        for _ in 0..<1000 { driver.receive([0x20]) }
        #expect(driver.machine.bufferedCount == 0 && driver.actions.count == 1)
    }

    @Test func theClientCloses() {
        var driver = ConnectionDriver.opened()
        driver.receive(#"{"type":6};{"type":7};{"type":6};"#.records)
        #expect(driver.actions == [.ping, .close(sending: nil, reason: .closedByClient(error: nil))])
        driver = .opened()
        driver.receive(#"{"type":7,"error":"e"};"#.records)
        #expect(driver.actions == [.close(sending: nil, reason: .closedByClient(error: "e"))])
        #expect(driver.machine.close(error: nil, allowReconnect: false) == nil)
    }

    @Test(
        arguments: [
            (nil, false, #"{"type":7};"#), ("e", false, #"{"type":7,"error":"e"};"#),
            (nil, true, #"{"type":7,"allowReconnect":true};"#),
            ("e", true, #"{"type":7,"error":"e","allowReconnect":true};"#),
        ] as [(String?, Bool, String)]
    )
    func theServerCloses(error: String?, allowReconnect: Bool, expected: String) {
        var driver = ConnectionDriver.opened()
        driver.buffer(#"{"type":6};"#.records)
        #expect(text(driver.machine.close(error: error, allowReconnect: allowReconnect)) == expected)
        #expect(driver.machine.close(error: error, allowReconnect: allowReconnect) == nil)
        driver.receive(#"{"type":6};"#.records)
        #expect(driver.actions == [] && driver.machine.bufferedCount == 0 && driver.machine.hubProtocol == nil)
        #expect(driver.machine.tick(now: .seconds(1000)) == nil)
    }

    @Test func theTransportGoesAway() {
        var driver = ConnectionDriver.opened()
        driver.buffer(#"{"type":6};{"type""#.records)
        driver.machine.transportClosed()
        driver.receive(#"{"type":6};"#.records)
        #expect(driver.actions == [] && driver.machine.isClosed && driver.machine.bufferedCount == 0)
    }

    @Test func theShellMayStopPulling() {
        var driver = ConnectionDriver.opened()
        driver.buffer(#"{"type":5,"invocationId":"1"};{"type":5,"invocationId":"2"};{"ty"#.records)
        #expect(driver.machine.next() == .message(.cancelInvocation(id: "1")))
        driver.buffer(#"pe":6};"#.records)
        #expect(driver.machine.next() == .message(.cancelInvocation(id: "2")))
        #expect(driver.machine.next() == .ping)
        #expect(driver.machine.next() == nil)
        #expect(driver.machine.bufferedCount == 0)
    }
}
