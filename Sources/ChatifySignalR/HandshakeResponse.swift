internal import ChatifyJSON

/// The server's answer to the handshake: nothing may be sent before it.
public struct HandshakeResponse: Hashable, Sendable {
    /// Why the handshake failed, nil if it succeeded.
    public var error: String?

    /// Accepts the handshake, or refuses it with a text for the client.
    public init(error: String? = nil) { self.error = error }

    /// The record with its separator: `{}` or an object with `error` alone.
    public func encoded() -> [UInt8] {
        var writer = JSONWriter(reserving: 96)
        writer.beginObject()
        if let error = self.error {
            writer.key("error")
            writer.string(error)
        }
        writer.endObject()
        writer.separator(RecordSplitter.separator)
        return writer.bytes
    }
}
