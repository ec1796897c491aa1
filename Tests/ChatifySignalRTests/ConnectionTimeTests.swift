import Testing

@testable import ChatifySignalR

@Suite struct ConnectionTimeTests {
    private static let ping = HubConnectionStateMachine.Action.send(#"{"type":6};"#.records)

    @Test func pingsWhenNothingWasSent() {
        var machine = ConnectionDriver.opened().machine
        #expect(machine.tick(now: .seconds(14.9)) == nil)
        #expect(machine.tick(now: .seconds(15)) == Self.ping)
        #expect(machine.tick(now: .seconds(16)) == nil)
        #expect(machine.tick(now: .seconds(30)) == Self.ping)
        machine.sent(now: .seconds(40))
        #expect(machine.tick(now: .seconds(54.9)) == nil)
        #expect(machine.tick(now: .seconds(55)) == Self.ping)
    }

    @Test func doesNotPingBeforeTheHandshake() {
        var machine = ConnectionDriver(limits: HubLimits(keepAlive: .seconds(1))).machine
        #expect(machine.tick(now: .seconds(14)) == nil)
    }

    @Test func aClientThatNeverPingsIsKept() {
        var driver = ConnectionDriver.opened(limits: HubLimits(keepAlive: .seconds(100_000)))
        driver.receive(#"{"type":1,"target":"T","arguments":[]};"#.records, now: .seconds(1))
        #expect(driver.machine.tick(now: .seconds(10_000)) == nil)
    }

    @Test func aClientThatPingedIsDroppedWhenSilent() {
        var driver = ConnectionDriver.opened(limits: HubLimits(keepAlive: .seconds(100_000)))
        driver.receive(#"{"type":6};"#.records, now: .seconds(100))
        #expect(driver.machine.tick(now: .seconds(129.9)) == nil)
        driver.receive(#"{"#.records, now: .seconds(129.9))
        #expect(driver.machine.tick(now: .seconds(159)) == nil)
        driver.receive(#""type":6};"#.records, now: .seconds(159))
        #expect(driver.machine.tick(now: .seconds(188.9)) == nil)
        #expect(driver.machine.tick(now: .seconds(189)) == .close(sending: nil, reason: .clientTimeout))
        #expect(driver.machine.tick(now: .seconds(190)) == nil)
        driver.receive(#"{"type":6};"#.records, now: .seconds(191))
        #expect(driver.actions == [.ping, .ping])
    }

    @Test func recordsThatWaitForTheShellKeepTheClient() {
        var driver = ConnectionDriver.opened(limits: HubLimits(keepAlive: .seconds(100_000)))
        driver.receive(#"{"type":6};"#.records, now: .seconds(1))
        driver.buffer(#"{"type":5,"invocationId":"1"};"#.records, now: .seconds(2))
        #expect(driver.machine.tick(now: .seconds(100)) == nil)
        driver.pull()
        #expect(driver.machine.tick(now: .seconds(100)) == .close(sending: nil, reason: .clientTimeout))
    }

    @Test func silenceGoesBeforeAPing() {
        var driver = ConnectionDriver.opened()
        driver.receive(#"{"type":6};"#.records)
        #expect(driver.machine.tick(now: .seconds(30)) == .close(sending: nil, reason: .clientTimeout))
    }

    @Test func theDefaultsAreThoseOfASPNET() {
        let limits = HubLimits()
        #expect(limits.keepAlive == .seconds(15) && limits.clientTimeout == .seconds(30))
        #expect(limits.handshakeTimeout == .seconds(15) && limits.maximumReceiveMessageSize == 32768)
    }
}
