extension HubConnectionStateMachine {
    /// Takes note that something was sent, which puts off the next ping.
    public mutating func sent(now: ContinuousClock.Instant) { self.lastSent = now }

    /// Takes note that the shell has stopped reading from the client, or reads again.
    ///
    /// A client that is not read from cannot be called silent: its time-out starts anew when reading goes on.
    public mutating func readingPaused(_ isPaused: Bool, now: ContinuousClock.Instant) {
        self.isReadingPaused = isPaused
        self.lastReceived = now
    }

    /// Answers what is due: the end of a silent client or a ping.
    public mutating func tick(now: ContinuousClock.Instant) -> Action? {
        switch self.state {
        case .awaitingHandshake(let deadline):
            guard now >= deadline else { return nil }
            self.end()
            let response = HandshakeResponse(error: HubErrorText.handshakeCanceled)
            return .close(sending: response.encoded(), reason: .handshakeTimeout)
        case .open(let hubProtocol):
            if let action = self.tickReconnect(hubProtocol, now: now) { return action }
            if self.isClientSilent(now: now) {
                // A dropped transport makes clients reconnect; a Close record would make them stop.
                self.end()
                return .close(sending: nil, reason: .clientTimeout)
            }
            guard self.reconnect?.isLost != true, now - self.lastSent >= self.limits.keepAlive else { return nil }
            self.lastSent = now
            return .send(hubProtocol.encode(.ping))
        case .opening, .closed:
            return nil
        }
    }

    /// Records that were not pulled yet are the shell's delay, not the client's.
    private func isClientSilent(now: ContinuousClock.Instant) -> Bool {
        self.clientPings && !self.isReadingPaused && !self.splitter.hasRecord && self.reconnect?.isLost != true
            && now - self.lastReceived >= self.limits.clientTimeout
    }
}
