internal import ChatifyCore

/// A client that writes, and the queue it speaks by.
final class SenderConnection: Sendable {
    let client: KafkaClient
    let queue: EventQueue

    init(_ properties: [KafkaProperty]) throws(ChatError) {
        self.client = try KafkaClient(.producer, properties)
        self.queue = EventQueue.main(of: self.client)
    }
}
