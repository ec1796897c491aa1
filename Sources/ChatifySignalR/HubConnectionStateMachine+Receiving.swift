extension HubConnectionStateMachine {
    /// Takes bytes as they came from the transport, cut anywhere; ignored after the end.
    public mutating func receive(_ bytes: UnsafeRawBufferPointer, now: ContinuousClock.Instant) {
        guard !self.isClosed else { return }
        self.lastReceived = now
        self.splitter.append(bytes)
    }

    /// Answers what the bytes received so far ask for, one action at a time, nil once there is nothing more to do.
    public mutating func next() -> Action? {
        while true {
            switch self.state {
            case .awaitingHandshake:
                return self.nextHandshake()
            case .opening(let hubProtocol):
                self.state = .open(hubProtocol)
                return .opened
            case .open(let hubProtocol):
                switch self.nextMessage(hubProtocol) {
                case .success(let message?):
                    if let action = self.action(for: message, hubProtocol) { return action }
                case .success(nil):
                    return self.splitter.isTooLong ? self.fail(.recordTooLong, hubProtocol) : nil
                case .failure(let error):
                    return self.fail(.protocolFault(error), hubProtocol)
                }
            case .closed:
                return nil
            }
        }
    }

    private mutating func nextMessage(_ hubProtocol: any HubProtocol) -> Result<HubMessage?, HubProtocolError> {
        Result { () throws(HubProtocolError) in
            try self.splitter.next { (record) throws(HubProtocolError) in try hubProtocol.decode(record) }
        }
    }

    private mutating func action(for message: HubMessage, _ hubProtocol: any HubProtocol) -> Action? {
        switch self.reconnect?.receive(message) {
        case nil, .take: break
        case .drop: return nil
        case .fault(let reason): return self.fail(.protocolFault(HubProtocolError(reason: reason)), hubProtocol)
        }
        switch message {
        case .invocation, .streamInvocation, .cancelInvocation, .completion, .streamItem:
            return .message(message)
        case .ping:
            self.clientPings = true
            return .ping
        case .close(let close):
            self.end()
            return .close(sending: nil, reason: .closedByClient(error: close.error))
        case .ack, .sequence, .unknown:
            return nil
        }
    }

    mutating func fail(_ reason: CloseReason, _ hubProtocol: any HubProtocol) -> Action {
        self.end()
        let record = hubProtocol.encode(.close(HubClose(error: HubErrorText.connectionClosed)))
        return .close(sending: record, reason: reason)
    }
}
