internal import ChatifySignalR

// Ending in good order: what the client sent before is answered first.
extension HubConnection {
    /// How a connection ends once it is idle.
    enum Ending: Hashable {
        /// The server stops: the client is asked to reconnect.
        case drain
        /// The client closed, or broke the protocol; this is the last record, if there is one.
        case record([UInt8]?)
    }

    /// Whether what was received is still carried out: yes while draining, not behind the client's own end.
    var goesOn: Bool { self.ending == nil || self.ending == .drain }

    /// Receives no more, answers what was received, then closes with a request to reconnect.
    func drain() { self.end(as: .drain) }

    /// Receives no more, answers what was received, then closes with that record, if there is one.
    func end(with record: [UInt8]?) { self.end(as: .record(record)) }

    private func end(as ending: Ending) {
        self.ending = ending
        // Whoever goes elsewhere need not wait for this pod.
        self.shard.readWaiters.abandon(self.id)
        self.endIfIdle()
    }

    /// Closes a connection that is to end, once nothing of it is carried out any more.
    func endIfIdle() {
        guard self.runner == nil else { return }
        switch self.ending {
        case nil: break
        case .drain: self.close(error: nil, allowReconnect: true)
        case .record(let record): self.close(sending: record)
        }
    }
}
