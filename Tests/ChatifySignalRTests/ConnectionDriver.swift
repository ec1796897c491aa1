@testable import ChatifySignalR

/// Plays the shell of a connection and keeps what it was told.
struct ConnectionDriver {
    var machine: HubConnectionStateMachine
    var actions: [HubConnectionStateMachine.Action] = []

    init(
        protocols: [any HubProtocol] = [JSONHubProtocol()],
        limits: HubLimits = HubLimits(),
        transferFormats: [TransferFormat] = [.text, .binary],
        reconnectLimits: StatefulReconnectLimits? = nil
    ) {
        self.machine = HubConnectionStateMachine(
            protocols: protocols,
            limits: limits,
            transferFormats: transferFormats,
            reconnectLimits: reconnectLimits,
            now: .start
        )
    }

    /// A connection whose handshake is done and forgotten.
    static func opened(limits: HubLimits = HubLimits()) -> ConnectionDriver {
        var driver = ConnectionDriver(limits: limits)
        driver.receive(#"{"protocol":"json","version":1};"#.records)
        driver.actions = []
        return driver
    }

    mutating func receive(_ bytes: some Collection<UInt8>, now: ContinuousClock.Instant = .start) {
        self.buffer(bytes, now: now)
        self.pull()
    }

    mutating func buffer(_ bytes: some Collection<UInt8>, now: ContinuousClock.Instant = .start) {
        Array(bytes).withUnsafeBytes { self.machine.receive($0, now: now) }
    }

    mutating func pull() {
        while let action = self.machine.next() { self.actions.append(action) }
    }
}
