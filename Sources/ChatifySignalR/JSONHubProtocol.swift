internal import ChatifyJSON

/// The hub protocol as JSON text, each record ended by 0x1E (`signalr.md` section 6).
public struct JSONHubProtocol: HubProtocol {
    /// Makes the protocol; it has no settings and no state.
    public init() {}

    /// `json`.
    public var name: String { "json" }

    /// 2, the version of stateful reconnect; whoever asks for less gets the same messages.
    public var version: Int64 { 2 }

    /// Text.
    public var transferFormat: TransferFormat { .text }

    /// Records end with 0x1E.
    public var framing: RecordFraming { .separator }

    /// Decodes one record: names are case-sensitive, in any order; unknown ones are ignored.
    ///
    /// Half a surrogate pair reads as U+FFFD, as it would come by any other protocol: a text that was cut within an emoji is no reason to
    /// end a connection.
    /// - Throws: ``HubProtocolError`` if it is not a JSON object, or a field is missing or of the wrong type.
    public func decode(_ record: UnsafeRawBufferPointer) throws(HubProtocolError) -> HubMessage {
        var fields = JSONRecordFields()
        do {
            try JSONReader.read(record) { (reader) throws(JSONError) in
                reader.replacesLoneSurrogates = true
                try reader.readObject { (key, reader) throws(JSONError) in try fields.read(key, from: &reader) }
            }
        } catch {
            throw HubProtocolError(error)
        }
        return try fields.message()
    }

    /// Encodes one record with `type` first, leaving out what is absent.
    public func encode(_ message: HubMessage) -> [UInt8] {
        var writer = JSONWriter(reserving: message.estimatedSize)
        writer.record(message)
        writer.separator(RecordSplitter.separator)
        return writer.bytes
    }
}

extension HubProtocolError {
    init(_ error: JSONError) { self.init(reason: "\(error.reason) at byte \(error.offset)") }
}
