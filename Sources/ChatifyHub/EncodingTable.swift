internal import ChatifyCore
internal import ChatifySignalR

/// The encodings that connections of this hub have used so far; there are as many as protocols times framings.
final class EncodingTable: Sendable {
    private let encodings = Locked<[HubEncoding]>([])

    /// All encodings, each at its index.
    var all: [HubEncoding] { self.encodings.withLock { $0 } }

    /// Returns the encoding of that protocol and framing, adding it if it is new.
    func encoding(of hubProtocol: any HubProtocol, framing: HubFraming) -> HubEncoding {
        self.encodings.withLock { encodings in
            let known = encodings.first { $0.hubProtocol.name == hubProtocol.name && $0.framing.name == framing.name }
            if let known { return known }
            let encoding = HubEncoding(index: encodings.count, hubProtocol: hubProtocol, framing: framing)
            encodings.append(encoding)
            return encoding
        }
    }
}
