import Testing

@testable import ChatifySignalR

@Suite struct ConnectionReconnectTests {
    private static let call = #"{"type":1,"target":"T","arguments":[]};"#
    private static let fault = #"{"type":7,"error":"Connection closed with an error."};"#

    /// A connection whose client was agreed with, and shook hands in that version.
    private static func opened(version: Int = 2, limits: HubLimits = HubLimits()) -> ConnectionDriver {
        var driver = ConnectionDriver(limits: limits, reconnectLimits: StatefulReconnectLimits())
        driver.receive(#"{"protocol":"json","version":\#(version)};"#.records)
        driver.actions = []
        return driver
    }

    @Test(arguments: [(0, false), (1, false), (2, true)])
    func onlyVersion2AsksForIt(version: Int, isStateful: Bool) {
        var machine = Self.opened(version: version).machine
        #expect(machine.isStateful == isStateful)
        #expect((machine.transportReplaced(now: .start) != nil) == isStateful)
        #expect(machine.transportLost(now: .start) == isStateful)
    }

    @Test func whoDidNotNegotiateItDoesNotGetIt() {
        var driver = ConnectionDriver()
        driver.receive(#"{"protocol":"json","version":2};{"type":8,"sequenceId":9};{"type":9,"sequenceId":9};"#.records)
        #expect(!driver.machine.isStateful)
        #expect(!driver.machine.isClosed)
    }

    @Test func beforeTheHandshakeThereIsNothingToComeBackTo() {
        var driver = ConnectionDriver(reconnectLimits: StatefulReconnectLimits())
        let isKept = driver.machine.transportLost(now: .start)
        #expect(!isKept)
        #expect(driver.machine.transportReplaced(now: .start) == nil)
    }

    @Test func anotherTransportBeginsWithSequenceAndRecords() {
        var driver = Self.opened()
        driver.receive((Self.call + #"{"type":1,"ta"#).records)
        let isKept = driver.machine.keep("a;b;".records, count: 2)
        #expect(isKept)
        let isWaiting = driver.machine.transportLost(now: .start)
        #expect(isWaiting)
        #expect(text(driver.machine.transportReplaced(now: .seconds(1))) == #"{"type":9,"sequenceId":1};a;b;"#)
        driver.actions = []
        driver.receive((#"{"type":6};{"type":9,"sequenceId":1};"# + Self.call + Self.call).records)
        #expect(driver.actions.count == 1, "half a record, a ping and a repeated call are gone")
    }

    @Test func acknowledgesOnATick() {
        var driver = Self.opened()
        driver.receive((Self.call + Self.call).records)
        #expect(driver.machine.tick(now: .seconds(1)) == .send(#"{"type":8,"sequenceId":2};"#.records))
        #expect(driver.machine.tick(now: .seconds(2)) == nil)
        #expect(driver.machine.tick(now: .seconds(15.9)) == nil, "an acknowledgement is a sign of life, too")
    }

    @Test func noTransportIsNoSilence() {
        var driver = Self.opened()
        driver.receive(#"{"type":6};"#.records)
        _ = driver.machine.transportLost(now: .seconds(10))
        #expect(driver.machine.tick(now: .seconds(39.9)) == nil)
        #expect(driver.machine.tick(now: .seconds(40)) == .close(sending: nil, reason: .transportLost))
        #expect(driver.machine.isClosed)
    }

    @Test func aTransportWithoutASequenceEnds() {
        var driver = Self.opened()
        _ = driver.machine.transportReplaced(now: .seconds(10))
        #expect(driver.machine.tick(now: .seconds(24.9)) == nil)
        #expect(
            driver.machine.tick(now: .seconds(25)) == .close(sending: Self.fault.records, reason: .handshakeTimeout)
        )
    }

    @Test(arguments: [#"{"type":8,"sequenceId":1};"#, #"{"type":9,"sequenceId":2};"#, #"{"type":9,"sequenceId":0};"#])
    func numbersOfWhatNeverWasEndTheConnection(_ record: String) {
        var driver = Self.opened()
        driver.receive((record + Self.call).records)
        guard case .close(let last, .protocolFault)? = driver.actions.first, driver.actions.count == 1 else {
            Issue.record("expected a fault, got \(driver.actions)")
            return
        }
        #expect(text(last) == Self.fault)
    }

    @Test func streamsWaitForAcknowledgements() {
        var driver = Self.opened()
        _ = driver.machine.keep([UInt8](repeating: 0, count: 100_000), count: 1)
        #expect(!driver.machine.isAheadOfAcknowledgements)
        _ = driver.machine.keep([0], count: 1)
        #expect(driver.machine.isAheadOfAcknowledgements)
        driver.receive(#"{"type":8,"sequenceId":1};"#.records)
        #expect(!driver.machine.isAheadOfAcknowledgements)
    }
}
