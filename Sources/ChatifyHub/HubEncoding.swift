internal import ChatifyCore
internal import ChatifySignalR

/// A hub protocol together with a framing, shared by all connections that use it: what their bytes look like.
final class HubEncoding: Sendable {
    /// The place in the hub's list of encodings.
    let index: Int
    /// Writes records.
    let hubProtocol: any HubProtocol
    /// Wraps them.
    let framing: HubFraming

    /// Puts a protocol and a framing together.
    init(index: Int, hubProtocol: any HubProtocol, framing: HubFraming) {
        self.index = index
        self.hubProtocol = hubProtocol
        self.framing = framing
    }

    /// Writes a message as the transport sends it.
    func encode(_ message: HubMessage) -> [UInt8] {
        self.framing.frame(self.hubProtocol.encode(message), as: self.hubProtocol.transferFormat)
    }

    /// Writes the invocation of `ReceiveMessage` that pushes an event (contracts §4).
    func encode(_ event: EnrichedChatEvent) -> [UInt8] {
        self.encode(.invocation(HubInvocation(target: "ReceiveMessage", arguments: [self.value(pushing: event)])))
    }
}

// Events as values (contracts §1 and §2): JSON has a writer of its own, any other protocol gets the fields.
extension HubEncoding {
    private var isJSON: Bool { self.hubProtocol is JSONHubProtocol }

    /// An event as history gives it.
    func value(of event: ChatEvent) -> HubValue {
        self.isJSON ? .encoded(ChatEventCodec.encode(event)) : .object(event.members)
    }

    /// An event as it is pushed, with its place in the log.
    func value(pushing event: EnrichedChatEvent) -> HubValue {
        self.isJSON
            ? .encoded(ChatEventCodec.encodePushed(event)) : .object(event.event.members + event.position.members)
    }

    /// The answer to a send.
    func value(answering event: EnrichedChatEvent) -> HubValue {
        guard !self.isJSON else { return .encoded(ChatEventCodec.encodeAnswer(event)) }
        return .object([HubValue.Member("chatEvent", .object(event.event.members))] + event.position.members)
    }
}

extension ChatEvent {
    fileprivate var members: [HubValue.Member] {
        [
            HubValue.Member("messageId", .string(self.messageID.description)),
            HubValue.Member("scopeType", .integer(Int64(self.scope.type.rawValue))),
            HubValue.Member("scopeId", .string(self.scope.id.rawValue)),
            HubValue.Member("senderId", .string(self.senderID.rawValue)),
            HubValue.Member("text", .string(self.text)),
            HubValue.Member("createdAtUtc", .time(millisecondsSinceEpoch: self.createdAt.millisecondsSinceEpoch)),
            HubValue.Member("originPodId", .string(self.originPodID.rawValue)),
        ]
    }
}

extension LogPosition {
    fileprivate var members: [HubValue.Member] {
        [
            HubValue.Member("partition", .integer(Int64(self.partition))),
            HubValue.Member("offset", .integer(self.offset)),
        ]
    }
}
