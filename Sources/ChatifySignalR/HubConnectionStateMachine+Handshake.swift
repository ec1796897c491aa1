extension HubConnectionStateMachine {
    /// Answers the first record once it is complete, or refuses it once it cannot be a handshake any more.
    mutating func nextHandshake() -> Action? {
        let request = Result { () throws(HubProtocolError) in
            try self.splitter.next { (record) throws(HubProtocolError) in try HandshakeRequest(record) }
        }
        switch request {
        case .success(let request?): return self.answer(request)
        case .success(nil): return self.splitter.isTooLong ? self.refuse(HubErrorText.handshakeFailed) : nil
        case .failure: return self.refuse(HubErrorText.handshakeFailed)
        }
    }

    private mutating func answer(_ request: HandshakeRequest) -> Action {
        guard
            let hubProtocol = self.protocols.first(where: { $0.name.equalsIgnoringASCIICase(request.protocolName) })
        else { return self.refuse(HubErrorText.unsupportedProtocol(request.protocolName)) }
        guard request.version <= hubProtocol.version else {
            return self.refuse(HubErrorText.unsupportedVersion(request.version, of: hubProtocol.name))
        }
        let format = hubProtocol.transferFormat
        guard self.transferFormats.contains(format) else {
            return self.refuse(HubErrorText.unsupportedFormat(format, of: hubProtocol.name))
        }
        self.state = .opening(hubProtocol)
        self.splitter.endHandshake(framing: hubProtocol.framing)
        return .send(HandshakeResponse().encoded())
    }

    private mutating func refuse(_ text: String) -> Action {
        self.end()
        return .close(sending: HandshakeResponse(error: text).encoded(), reason: .handshakeRefused(text))
    }
}
