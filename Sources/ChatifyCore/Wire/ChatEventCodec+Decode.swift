package import ChatifyJSON

extension ChatEventCodec {
    /// Reads one event from a JSON object in UTF-8.
    ///
    /// Strict about contracts §1: every field present and of its type, identifiers valid, the text within the policy.
    /// Fields it does not know are ignored; of a field given twice the last counts.
    /// - Throws: ``ChatEventDecodingError`` saying what is wrong.
    public static func decode(
        _ bytes: [UInt8],
        policy: ChatPolicy = ChatPolicy()
    ) throws(ChatEventDecodingError) -> ChatEvent {
        var parts = ChatEventParts()
        do throws(JSONError) {
            try JSONReader.read(bytes) { reader throws(JSONError) in try parts.read(from: &reader) }
        } catch {
            throw ChatEventDecodingError(reason: "\(error.reason) at byte \(error.offset)")
        }
        return try parts.event(policy: policy)
    }
}

/// Why bytes are no event.
public struct ChatEventDecodingError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What is wrong, in words that hold nothing of the bytes themselves.
    public let reason: String

    init(reason: String) { self.reason = reason }

    /// What is wrong.
    public var description: String { self.reason }
}

/// The fields of an event as they are read, before the whole is judged.
private struct ChatEventParts {
    var messageID: String?
    var scopeType: ScopeType?
    var scopeID: String?
    var senderID: String?
    var text: String?
    var createdAt: String?
    var originPodID: String?

    mutating func read(from reader: inout JSONReader) throws(JSONError) {
        try reader.readObject { key, reader throws(JSONError) in
            if key == "messageId" {
                self.messageID = try reader.readString()
            } else if key == "scopeType" {
                self.scopeType = try ScopeType(from: &reader)
            } else if key == "scopeId" {
                self.scopeID = try reader.readString()
            } else if key == "senderId" {
                self.senderID = try reader.readString()
            } else if key == "text" {
                self.text = try reader.readString()
            } else if key == "createdAtUtc" {
                self.createdAt = try reader.readString()
            } else if key == "originPodId" {
                self.originPodID = try reader.readString()
            } else {
                try reader.skipValue()
            }
        }
    }

    func event(policy: ChatPolicy) throws(ChatEventDecodingError) -> ChatEvent {
        let messageID = MessageID(try self.required(self.messageID, "messageId"))
        let createdAt = Timestamp(iso8601: try self.required(self.createdAt, "createdAtUtc"))
        let text = try self.required(self.text, "text")
        let type = try self.required(self.scopeType, "scopeType")
        do {
            try policy.validate(text: text)
            return ChatEvent(
                messageID: try self.valid(messageID, "messageId must be a UUID."),
                scope: ChatScope(type: type, id: try ScopeID(self.scopeID ?? "")),
                senderID: try UserID(self.senderID ?? ""),
                text: text,
                createdAt: try self.valid(createdAt, "createdAtUtc must be an ISO 8601 date and time."),
                originPodID: try PodID(self.originPodID ?? "")
            )
        } catch {
            throw ChatEventDecodingError(reason: error.message)
        }
    }

    private func required<Value>(_ value: Value?, _ name: String) throws(ChatEventDecodingError) -> Value {
        guard let value else { throw ChatEventDecodingError(reason: "\(name) is missing.") }
        return value
    }

    private func valid<Value>(_ value: Value?, _ complaint: String) throws(ChatError) -> Value {
        guard let value else { throw ChatError(.validation, complaint) }
        return value
    }
}

extension ScopeType {
    /// Reads a scope type: the number, or the name in any case (contracts §1).
    package init(from reader: inout JSONReader) throws(JSONError) {
        let type: ScopeType?
        if try reader.peek() == .string {
            // Only names: digits in a string are refused, as System.Text.Json refuses them.
            type = ScopeType(name: try reader.readString())
        } else {
            type = ScopeType(rawValue: Int(try reader.readInt64()))
        }
        guard let type else { throw reader.error("scopeType is unknown") }
        self = type
    }
}
