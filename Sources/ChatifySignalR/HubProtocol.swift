/// An encoding of hub messages, chosen by the client's handshake.
public protocol HubProtocol: Sendable {
    /// The name by which a handshake asks for it, compared without regard to case.
    var name: String { get }

    /// The highest version that is understood; a handshake may ask for any up to it.
    var version: Int64 { get }

    /// What the transport must be able to carry.
    var transferFormat: TransferFormat { get }

    /// How records are told apart in the stream of bytes.
    var framing: RecordFraming { get }

    /// Decodes one record.
    ///
    /// - Parameter record: The record without its framing, lent for the duration of the call.
    /// - Throws: ``HubProtocolError`` if the record breaks the protocol, which ends the connection.
    func decode(_ record: UnsafeRawBufferPointer) throws(HubProtocolError) -> HubMessage

    /// Encodes one record together with its framing, ready to be sent.
    func encode(_ message: HubMessage) -> [UInt8]
}

extension HubProtocol {
    /// Decodes one record held in an array.
    public func decode(_ record: [UInt8]) throws(HubProtocolError) -> HubMessage {
        try record.withUnsafeBufferPointer { (buffer) throws(HubProtocolError) in
            try self.decode(UnsafeRawBufferPointer(buffer))
        }
    }
}
