internal import ChatifyJSON

/// The JSON form of events (contracts §1): a fast writer and a strict reader.
public enum ChatEventCodec {
    /// Writes one event as a JSON object in UTF-8.
    public static func encode(_ event: ChatEvent) -> [UInt8] {
        var writer = JSONWriter(reserving: Self.estimatedSize(of: event))
        writer.beginObject()
        writer.fields(of: event)
        writer.endObject()
        return writer.bytes
    }

    /// Writes an event with the fields `partition` and `offset`, as pods push it to clients.
    public static func encodePushed(_ enriched: EnrichedChatEvent) -> [UInt8] {
        var writer = JSONWriter(reserving: Self.estimatedSize(of: enriched.event) + 48)
        writer.beginObject()
        writer.fields(of: enriched.event)
        writer.fields(of: enriched.position)
        writer.endObject()
        return writer.bytes
    }

    /// Writes the answer to a send: `{"chatEvent":{…},"partition":0,"offset":42}` (contracts §2).
    public static func encodeAnswer(_ enriched: EnrichedChatEvent) -> [UInt8] {
        var writer = JSONWriter(reserving: Self.estimatedSize(of: enriched.event) + 64)
        writer.beginObject()
        writer.key("chatEvent")
        writer.beginObject()
        writer.fields(of: enriched.event)
        writer.endObject()
        writer.fields(of: enriched.position)
        writer.endObject()
        return writer.bytes
    }

    /// Field names, punctuation and the parts of fixed length come to about 230 bytes.
    private static func estimatedSize(of event: ChatEvent) -> Int {
        240 + event.text.utf8.count + event.scope.id.rawValue.utf8.count + event.senderID.rawValue.utf8.count
            + event.originPodID.rawValue.utf8.count
    }
}

extension JSONWriter {
    fileprivate mutating func fields(of event: ChatEvent) {
        self.key("messageId")
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: HexUUID.length) { buffer in
            event.messageID.uuid.write(to: buffer)
            self.string(utf8: UnsafeRawBufferPointer(buffer))
        }
        self.key("scopeType")
        self.int(Int64(event.scope.type.rawValue))
        self.key("scopeId")
        self.string(event.scope.id.rawValue)
        self.key("senderId")
        self.string(event.senderID.rawValue)
        self.key("text")
        self.string(event.text)
        self.key("createdAtUtc")
        self.time(millisecondsSinceEpoch: event.createdAt.millisecondsSinceEpoch)
        self.key("originPodId")
        self.string(event.originPodID.rawValue)
    }

    fileprivate mutating func fields(of position: LogPosition) {
        self.key("partition")
        self.int(Int64(position.partition))
        self.key("offset")
        self.int(position.offset)
    }
}
