internal import ChatifyCore
internal import Foundation

/// A message as a line: 16 hexadecimal digits of checksum, a space, JSON, a line feed.
enum MessageLine {
    private struct Fields: Codable {
        let messageID: String
        let scopeType: Int
        let scopeID: String
        let senderID: String
        let text: String
        let createdAt: Int64
        let originPodID: String
        let partition: Int32?
        let offset: Int64?
    }

    static func encode(_ message: HistoryMessage) -> [UInt8] {
        let event = message.event
        let fields = Fields(
            messageID: event.messageID.description,
            scopeType: event.scope.type.rawValue,
            scopeID: event.scope.id.rawValue,
            senderID: event.senderID.rawValue,
            text: event.text,
            createdAt: event.createdAt.millisecondsSinceEpoch,
            originPodID: event.originPodID.rawValue,
            partition: message.position?.partition,
            offset: message.position?.offset
        )
        guard let json = try? JSONEncoder().encode(fields) else {
            preconditionFailure("Texts and numbers are always JSON.")
        }
        return self.checksum(json) + [UInt8(ascii: " ")] + json + [UInt8(ascii: "\n")]
    }

    /// The message, or `nil` if the line is torn or damaged.
    static func decode(_ line: [UInt8]) -> HistoryMessage? {
        guard line.count > 18, line.last == UInt8(ascii: "\n") else { return nil }
        let json = line[17..<(line.count - 1)]
        guard Array(line[..<16]) == self.checksum(json), line[16] == UInt8(ascii: " ") else { return nil }
        guard let fields = try? JSONDecoder().decode(Fields.self, from: Data(json)),
            let messageID = MessageID(fields.messageID), let type = ScopeType(rawValue: fields.scopeType),
            let scopeID = ScopeID(rawValue: fields.scopeID), let senderID = UserID(rawValue: fields.senderID),
            let podID = PodID(rawValue: fields.originPodID)
        else { return nil }
        let event = ChatEvent(
            messageID: messageID,
            scope: ChatScope(type: type, id: scopeID),
            senderID: senderID,
            text: fields.text,
            createdAt: Timestamp(millisecondsSinceEpoch: fields.createdAt),
            originPodID: podID
        )
        guard let partition = fields.partition, let offset = fields.offset else {
            return HistoryMessage(event: event, position: nil)
        }
        return HistoryMessage(event: event, position: LogPosition(partition: partition, offset: offset))
    }

    /// FNV-1a in 64 bits: finds a line that was written in part, not one that somebody forged.
    private static func checksum(_ bytes: some Sequence<UInt8>) -> [UInt8] {
        let hash = bytes.reduce(0xCBF2_9CE4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
        let digits = String(hash, radix: 16)
        return Array((String(repeating: "0", count: 16 - digits.count) + digits).utf8)
    }
}
