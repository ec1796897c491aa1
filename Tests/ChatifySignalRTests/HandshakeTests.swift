import Testing

@testable import ChatifySignalR

@Suite struct HandshakeTests {
    @Test(arguments: [
        #"{"protocol":"json","version":1};"#, #"{"version":1,"protocol":"json"};"#,
        #"{"protocol":"json","version":0};"#,
        #"{"protocol":"json","version":2};"#, #"{"protocol":"json","version":-1};"#,
        #"{"protocol":"JSON","version":1};"#,
        #" {"x":{"a":[1]}, "protocol" : "json" , "version" : 1, "type":6 } ;"#,
    ])
    func accepts(handshake: String) {
        var driver = ConnectionDriver()
        #expect(driver.machine.hubProtocol == nil)
        driver.receive(handshake.records)
        #expect(driver.actions == [.send("{};".records), .opened])
        #expect(driver.machine.hubProtocol?.name == "json")
    }

    @Test(
        arguments: [
            (#"{"protocol":"x","version":1};"#, "The protocol 'x' is not supported."),
            (#"{"protocol":"messagepack","version":1};"#, "The protocol 'messagepack' is not supported."),
            (#"{"protocol":"","version":1};"#, "The protocol '' is not supported."),
            (#"{"protocol":"json","version":99};"#, "The server does not support version 99 of the 'json' protocol."),
            (#"{"protocol":"json","version":3};"#, "The server does not support version 3 of the 'json' protocol."),
            ("garbage;", "An unexpected error occurred during connection handshake."),
            (";", "An unexpected error occurred during connection handshake."),
            ("{};", "An unexpected error occurred during connection handshake."),
            (#"{"protocol":"json"};"#, "An unexpected error occurred during connection handshake."),
            (#"{"version":1};"#, "An unexpected error occurred during connection handshake."),
            (#"{"protocol":"json","version":"1"};"#, "An unexpected error occurred during connection handshake."),
            (#"{"protocol":1,"version":1};"#, "An unexpected error occurred during connection handshake."),
            (#"[];"#, "An unexpected error occurred during connection handshake."),
            (#"{"type":6};"#, "An unexpected error occurred during connection handshake."),
        ])
    func refuses(handshake: String, text error: String) {
        var driver = ConnectionDriver()
        driver.receive((handshake + #"{"type":6};"#).records)
        let record = "{\"error\":\"\(error)\"};".records
        #expect(driver.actions == [.close(sending: record, reason: .handshakeRefused(error))])
        #expect(driver.machine.isClosed && driver.machine.bufferedCount == 0)
    }

    @Test func refusesWhatTheTransportCannotCarry() {
        var driver = ConnectionDriver(
            protocols: [JSONHubProtocol(), MessagePackHubProtocol()],
            transferFormats: [.text]
        )
        driver.receive(#"{"protocol":"messagepack","version":1};"#.records)
        let error =
            "Cannot use the 'messagepack' protocol on the current transport. "
            + "The transport does not support 'Binary' transfer format."
        #expect(
            driver.actions == [.close(sending: "{\"error\":\"\(error)\"};".records, reason: .handshakeRefused(error))]
        )
    }

    @Test func choosesAmongProtocols() {
        var driver = ConnectionDriver(protocols: [JSONHubProtocol(), MessagePackHubProtocol()])
        driver.receive(#"{"protocol":"messagepack","version":1};"#.records)
        #expect(driver.actions == [.send("{};".records), .opened])
        #expect(driver.machine.hubProtocol?.name == "messagepack")
    }

    @Test func namesAreEscapedInErrors() {
        var driver = ConnectionDriver()
        driver.receive(#"{"protocol":"\"\u001e","version":1};"#.records)
        let error = "The protocol '\"\u{1e}' is not supported."
        let record = Array(#"{"error":"The protocol '\"\u001e' is not supported."}"#.utf8) + [0x1E]
        #expect(driver.actions == [.close(sending: record, reason: .handshakeRefused(error))])
    }

    @Test func recordsMayFollowAtOnce() {
        var driver = ConnectionDriver()
        driver.receive(#"{"protocol":"json","version":1};{"type":6};{"type":5,"invocationId":"1"};"#.records)
        #expect(
            driver.actions == [.send("{};".records), .opened, .ping, .message(.cancelInvocation(id: "1"))]
        )
    }

    @Test func anEndlessHandshakeIsRefused() {
        var driver = ConnectionDriver(limits: HubLimits(maximumReceiveMessageSize: 64))
        for _ in 0..<64 { driver.receive([UInt8(ascii: " ")]) }
        let text = HubErrorText.handshakeFailed
        #expect(
            driver.actions == [.close(sending: "{\"error\":\"\(text)\"};".records, reason: .handshakeRefused(text))]
        )
    }

    @Test func timesOut() {
        var driver = ConnectionDriver()
        driver.receive(#"{"protocol":"#.records, now: .seconds(14))
        #expect(driver.machine.tick(now: .seconds(14.9)) == nil)
        let record = #"{"error":"Handshake was canceled."};"#.records
        #expect(driver.machine.tick(now: .seconds(15)) == .close(sending: record, reason: .handshakeTimeout))
        #expect(driver.machine.tick(now: .seconds(16)) == nil)
        driver.receive(#""json","version":1};"#.records)
        #expect(driver.actions == [])
    }

    @Test func theServerSendsNoCloseRecordBeforeIt() {
        var driver = ConnectionDriver()
        #expect(driver.machine.close(error: "x", allowReconnect: true) == nil)
        #expect(driver.machine.isClosed)
    }
}
