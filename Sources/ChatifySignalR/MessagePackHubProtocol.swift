/// The hub protocol as MessagePack, each record behind its length (`signalr.md` section 10).
public struct MessagePackHubProtocol: HubProtocol {
    /// Makes the protocol; it has no settings and no state.
    public init() {}

    /// `messagepack`.
    public var name: String { "messagepack" }

    /// 2, the version of stateful reconnect; whoever asks for less gets the same messages.
    public var version: Int64 { 2 }

    /// Binary.
    public var transferFormat: TransferFormat { .binary }

    /// Records stand behind their length.
    public var framing: RecordFraming { .lengthPrefix }

    /// Decodes one record: an array whose further fields, those of later versions, are passed over.
    ///
    /// - Throws: ``HubProtocolError`` if it is anything else, a field is missing or of the wrong type, or something follows.
    public func decode(_ record: UnsafeRawBufferPointer) throws(HubProtocolError) -> HubMessage {
        var record = try MessagePackRecord(record)
        return try record.message()
    }

    /// Encodes one record behind its length, each value in its shortest form.
    public func encode(_ message: HubMessage) -> [UInt8] {
        var writer = MessagePackWriter(reserving: message.estimatedSize)
        writer.message(message)
        return LengthPrefix.bytes(of: writer.bytes.count) + writer.bytes
    }
}
