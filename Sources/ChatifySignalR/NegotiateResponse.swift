internal import ChatifyJSON

/// The body of a negotiation's answer, to be sent as `application/json` with status 200.
public enum NegotiateResponse: Hashable, Sendable {
    /// The client may attach with the token of `identity`, which in version 0 is its id.
    ///
    /// Stateful reconnect must be agreed to only with clients that asked for it: others stop.
    case success(
        version: Int,
        identity: ConnectionIdentity,
        transports: [TransportOffer],
        useStatefulReconnect: Bool = false
    )
    /// The client stops and shows this text.
    case failure(String)

    /// The JSON text; transports stand in the order in which clients shall try them.
    public func encoded() -> [UInt8] {
        var writer = JSONWriter(reserving: 320)
        writer.beginObject()
        switch self {
        case .success(let version, let identity, let transports, let useStatefulReconnect):
            writer.key("negotiateVersion")
            writer.int(Int64(version))
            writer.key("connectionId")
            writer.string(identity.id)
            if version > 0 {
                writer.key("connectionToken")
                writer.string(identity.token)
            }
            if useStatefulReconnect {
                writer.key("useStatefulReconnect")
                writer.bool(true)
            }
            writer.offers(transports)
        case .failure(let text):
            writer.key("error")
            writer.string(text)
        }
        writer.endObject()
        return writer.bytes
    }
}

extension JSONWriter {
    fileprivate mutating func offers(_ offers: [TransportOffer]) {
        self.key("availableTransports")
        self.beginArray()
        for offer in offers {
            self.beginObject()
            self.key("transport")
            self.string(offer.transport.name)
            self.key("transferFormats")
            self.beginArray()
            for format in offer.transferFormats { self.string(format.name) }
            self.endArray()
            self.endObject()
        }
        self.endArray()
    }
}
