import ChatifyCore

@main
struct Embedding {
    static func main() async throws {
        let log = InMemoryEventLog()
        let event = ChatEvent(
            messageID: MessageID(high: 1, low: 2),
            scope: .channel(try ScopeID("general")),
            senderID: try UserID("alice"),
            text: "Hello",
            createdAt: Timestamp(millisecondsSinceEpoch: 0),
            originPodID: try PodID("embedder")
        )
        let position = try await log.produce(event, headers: RecordHeaders())
        print("stored at offset \(position.offset)")
    }
}
