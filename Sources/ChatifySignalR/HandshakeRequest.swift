internal import ChatifyJSON

/// The client's first record (`signalr.md` section 5): JSON whatever the protocol it asks for.
public struct HandshakeRequest: Hashable, Sendable {
    /// The name of the protocol that the client wants to speak.
    public var protocolName: String
    /// The version of that protocol.
    public var version: Int64

    /// Decodes the record, without its separator; unknown fields are ignored, the order is free.
    ///
    /// - Throws: ``HubProtocolError`` if it is not a JSON object with both fields.
    public init(_ record: UnsafeRawBufferPointer) throws(HubProtocolError) {
        var name: String?
        var version: Int64?
        do {
            try JSONReader.read(record) { (reader) throws(JSONError) in
                try reader.readObject { (key, reader) throws(JSONError) in
                    if key == "protocol" {
                        name = try reader.readString()
                    } else if key == "version" {
                        version = try reader.readInt64()
                    } else {
                        try reader.skipValue()
                    }
                }
            }
        } catch {
            throw HubProtocolError(error)
        }
        guard let name, let version else { throw HubProtocolError(reason: "'protocol' or 'version' is missing") }
        self.protocolName = name
        self.version = version
    }
}
