// Stateful reconnect (signalr.md §9), for clients that have agreed on it: version 2 in the handshake.
extension HubConnectionStateMachine {
    /// Whether the client may come back with another transport.
    public var isStateful: Bool { self.reconnect != nil }

    /// Whether so much waits to be acknowledged that what can wait should.
    public var isAheadOfAcknowledgements: Bool {
        guard let reconnect = self.reconnect, let limits = self.reconnectLimits else { return false }
        return reconnect.keptBytes > min(limits.bufferSize, limits.maximumKeptBytes / 2)
    }

    /// Keeps the records of so many messages that are about to be sent, unframed, until they are acknowledged.
    ///
    /// All but pings, close records and what this machine itself sends are to be kept, in the order in which they are sent.
    /// - Returns: `false`, and nothing kept, if too much waits already.
    public mutating func keep(_ records: [UInt8], count: Int) -> Bool {
        self.reconnect?.keep(records, count: count) ?? true
    }

    /// Takes note that the transport is gone without a word.
    ///
    /// - Returns: Whether the connection stays and waits for another; ``transportClosed()`` was to be called if it does not.
    public mutating func transportLost(now: ContinuousClock.Instant) -> Bool {
        guard case .open = self.state, let window = self.reconnectLimits?.window else { return false }
        self.reconnect?.lose(until: now + window)
        return self.isStateful
    }

    /// Takes note of another transport of the same client; what is left of the bytes of the one before is dropped.
    ///
    /// - Returns: The records to be sent at once, or `nil` if this connection takes no other transport.
    public mutating func transportReplaced(now: ContinuousClock.Instant) -> [UInt8]? {
        let deadline = now + self.limits.handshakeTimeout
        guard
            case .open(let hubProtocol) = self.state,
            let (sequence, records) = self.reconnect?.attach(until: deadline)
        else { return nil }
        let limit = self.limits.maximumReceiveMessageSize
        self.splitter = RecordSplitter(limit: limit, framing: hubProtocol.framing)
        self.lastReceived = now
        self.lastSent = now
        return hubProtocol.encode(.sequence(sequence)) + records
    }

    /// Answers what is due for the sake of stateful reconnect.
    mutating func tickReconnect(_ hubProtocol: any HubProtocol, now: ContinuousClock.Instant) -> Action? {
        switch self.reconnect?.tick(now: now) {
        case nil, .nothing: return nil
        case .acknowledge(let number):
            self.lastSent = now
            return .send(hubProtocol.encode(.ack(number)))
        case .expire:
            self.end()
            return .close(sending: nil, reason: .transportLost)
        case .sequenceTimeout: return self.fail(.handshakeTimeout, hubProtocol)
        }
    }
}
