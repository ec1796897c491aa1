import ChatifyCore

extension ChatEvent {
    /// An event whose id is `number`.
    static func sample(
        _ number: Int,
        scope: String = "general",
        at createdAt: Timestamp = Timestamp(millisecondsSinceEpoch: 1_768_473_000_000)
    ) -> ChatEvent {
        ChatEvent(
            messageID: MessageID(high: 0, low: UInt64(number)),
            scope: .channel(ScopeID(unchecked: scope)),
            senderID: UserID(unchecked: "alice"),
            text: "Message \(number)",
            createdAt: createdAt,
            originPodID: PodID(unchecked: "pod-0")
        )
    }

    var number: Int { Int(self.messageID.low) }
}

extension ChatRecord {
    /// The number of the sample event it holds.
    var number: Int? {
        guard case .event(let event) = self.payload else { return nil }
        return event.number
    }
}

extension InMemoryEventLog {
    @discardableResult
    func produce(_ event: ChatEvent) async throws(ChatError) -> LogPosition {
        try await self.produce(event, headers: RecordHeaders())
    }
}
