internal import ChatifyCore
internal import ChatifySignalR
internal import Logging

extension HubConnection {
    /// Pushes events that were encoded for all encodings.
    ///
    /// The hot path of fan-out: one array is retained, nothing is copied or encoded.
    /// - Returns: Whether they were queued.
    func push(_ item: Broadcast.Item) -> Bool {
        guard let encoding = self.encoding else { return false }
        if let kept = self.keptEncoding, !self.keep(item.records(in: kept), count: item.events.count) { return false }
        return self.write(item.records(in: encoding))
    }

    /// Pushes events to this connection alone; nothing, and says so, if they come to more than so many bytes.
    func push(_ events: [EnrichedChatEvent], within limit: Int) -> Bool {
        guard let encoding = self.encoding else { return false }
        let records = events.map(encoding.encode)
        guard records.reduce(0, { $0 + $1.count }) <= limit else { return false }
        if let kept = self.keptEncoding, !self.keep(events.flatMap(kept.encode), count: events.count) { return false }
        for record in records { self.write(record) }
        self.shard.hub.metrics.countReplayed(records.count)
        return true
    }

    /// Sends a message, or sheds the client.
    func send(_ message: HubMessage) {
        guard let encoding = self.encoding else { return }
        if let kept = self.keptEncoding, !self.keep(kept.encode(message), count: 1) { return }
        self.write(encoding.encode(message))
    }

    /// Wraps whole records as the transport needs them.
    func frame(_ records: [UInt8]) -> [UInt8] { self.framing.frame(records, as: self.transferFormat) }

    /// Queues bytes, or sheds the client and answers `false`.
    @discardableResult
    func write(_ bytes: [UInt8]) -> Bool {
        guard let transport = self.transport else { return false }
        guard transport.write(bytes) else {
            self.shed()
            return false
        }
        self.machine.sent(now: self.shard.now)
        return true
    }

    /// Sends what may be lost, such as who is online: shed first, before any message.
    /// - Returns: Whether it was sent.
    func sendEphemeral(_ message: HubMessage) -> Bool {
        guard let transport = self.transport, self.encoding != nil, self.ending == nil else { return false }
        guard transport.queuedBytes <= self.shard.hub.configuration.maximumQueuedBytesForEphemeral else { return false }
        guard !self.machine.isAheadOfAcknowledgements else { return false }
        self.send(message)
        return true
    }

    /// Closes a client that does not keep up; it may come back and catch up (design §4).
    func shed() {
        self.shard.hub.logger.debug("Slow consumer closed", metadata: ["connection": "\(self.id)"])
        self.shard.hub.metrics.countSlowConsumer()
        self.close(error: "The client does not keep up with its messages.", allowReconnect: true)
    }

    /// Ends the connection with a close record.
    func close(error: String?, allowReconnect: Bool) {
        guard self.transport != nil else { return }
        self.close(sending: self.machine.close(error: error, allowReconnect: allowReconnect))
    }

    /// Ends the connection with that record, if there is one.
    func close(sending record: [UInt8]?) {
        let bytes = record.map(self.frame)
        self.finish { $0.close(sending: bytes) }
    }

    /// Ends the connection: scopes are left, the transport is parted with.
    ///
    /// Invocations at hand run on: what a client sent whole before it left still counts, though nobody is left to answer.
    func finish(_ part: (any HubTransport) -> Void) {
        guard let transport = self.transport else { return }
        self.transport = nil
        for membership in self.memberships {
            membership.members.remove(at: membership.place)
            self.shard.left(membership.members)
        }
        self.memberships.removeAll()
        self.endStreams()
        self.asked.end()
        self.shard.watch.stop(self.id)
        if self.encoding != nil { self.shard.note(.offline, of: self.presence) }
        self.shard.closed(self)
        self.shard.hub.release(self.admission)
        part(transport)
        self.refuseWaitingPosts()
    }
}
