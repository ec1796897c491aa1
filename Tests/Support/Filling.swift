package import ChatifyCore

extension ChatEvent {
    /// An event to fill a partition with, in a scope that no check knows.
    package static func filling(_ partition: Int32, among partitions: Int32, text: String = "") -> ChatEvent {
        let ids = (0...).lazy.map { ScopeID(unchecked: "filling-\($0)") }
        let id = ids.first { CRC32.partition(of: $0, among: partitions) == partition }
        return ChatEvent(
            messageID: MessageID(high: 0x7000, low: 0x8000_0000_0000_0000),
            scope: .channel(id ?? ScopeID(unchecked: "filling")),
            senderID: UserID(unchecked: "alice"),
            text: text,
            createdAt: Timestamp(millisecondsSinceEpoch: 1_768_473_000_000),
            originPodID: PodID(unchecked: "pod-1")
        )
    }
}

extension InMemoryEventLog {
    /// Appends so many records to a partition, so that a small one forgets what it had.
    package func fill(_ partition: Int32, with count: Int) async throws {
        let event = ChatEvent.filling(partition, among: self.partitions)
        for _ in 0..<count { _ = try await self.produce(event, headers: RecordHeaders()) }
    }
}
