internal import ChatifyCore
internal import ChatifySignalR

// Stateful reconnect: a connection outlives its transport (signalr.md §9).
extension HubConnection {
    /// Learns that the transport is gone and nobody ended it: a client with stateful reconnect may come back with another.
    ///
    /// Idempotent.
    public func transportLost() {
        guard self.transport != nil else { return }
        guard self.ending == nil, !self.shard.isEnding,
            self.machine.transportLost(now: self.shard.hub.surroundings.now())
        else {
            return self.transportClosed()
        }
        self.transport = DetachedTransport()
        self.wakeStreams()
    }

    private var isReattachable: Bool { self.transport != nil && self.ending == nil && self.machine.isStateful }

    /// Lets a transport of the same client in and returns its number; `nil` if this connection takes no other.
    func admitTransport() -> Int? {
        guard self.isReattachable else { return nil }
        self.transports.admitted += 1
        return self.transports.admitted
    }

    /// Goes on over another transport, and closes the one before if it still stands.
    ///
    /// - Returns: `false`, and nothing changed, if this connection cannot, or a later one was faster on its way here.
    func reattach(_ transport: any HubTransport, number: Int, framing: HubFraming) -> Bool {
        guard self.isReattachable, number > self.transports.attached, let before = self.transport else { return false }
        guard let hubProtocol = self.machine.hubProtocol, framing.transferFormats.contains(hubProtocol.transferFormat),
            let records = self.machine.transportReplaced(now: self.shard.hub.surroundings.now())
        else { return false }
        before.close(sending: nil)
        self.transport = transport
        self.transports.attached = number
        self.framing = framing
        self.encoding = self.shard.hub.encodings.encoding(of: hubProtocol, framing: framing)
        if self.isReadingPaused { transport.pauseReading() }
        self.write(self.frame(records))
        self.wakeStreams()
        self.heartbeat()
        return true
    }

    /// Keeps records, as ``keptEncoding`` writes them, until the client acknowledges them; sheds a client that does not.
    func keep(_ records: [UInt8], count: Int) -> Bool {
        guard self.machine.keep(records, count: count) else {
            self.shed()
            return false
        }
        return true
    }

    /// Whether what can wait should, so that live events find room.
    func isAhead(of transport: any HubTransport) -> Bool {
        transport.queuedBytes > Self.streamedAhead || self.machine.isAheadOfAcknowledgements
    }

    /// Lets streams look again whether there is room.
    func wakeStreams() {
        for stream in self.streams.values { stream.wake() }
    }
}
