import ChatifyHub
import TestSupport

@testable import ChatifySignalR

extension HubRig {
    /// Opens a connection and shakes hands for MessagePack.
    func connectMessagePack(_ user: String = "alice", framing: HubFraming = .none) async throws -> HubClient {
        let client = try await self.attach(user, framing: framing)
        await client.send(#"{"protocol":"messagepack","version":1}"#)
        await client.wait(forRecords: 1)
        return client
    }
}

extension HubClient {
    /// Sends messages as MessagePack in one chunk.
    func send(_ messages: HubMessage...) async {
        await self.send(bytes: messages.flatMap(MessagePackHubProtocol().encode))
    }

    func send(bytes: [UInt8]) async {
        await self.onLoop { connection in bytes.withUnsafeBytes { connection.receive($0) } }
    }

    /// What was sent since the handshake, read as MessagePack.
    var messages: [HubMessage] { self.events.all.messages }

    /// Waits for messages, read as MessagePack, beside the handshake.
    func wait(forMessages count: Int) async -> [HubMessage] {
        await self.events.wait { $0.messages.count >= count }.messages
    }
}

extension [FakeTransport.Event] {
    /// The messages behind the answer to the handshake.
    var messages: [HubMessage] {
        var splitter = RecordSplitter(limit: .max, framing: .lengthPrefix)
        for event in self.dropFirst() { event.bytes.withUnsafeBytes { splitter.append($0) } }
        var messages: [HubMessage] = []
        while let message = splitter.next({ try? MessagePackHubProtocol().decode($0) }) {
            if let message { messages.append(message) }
        }
        return messages
    }
}

extension FakeTransport.Event {
    /// The bytes it sends.
    var bytes: [UInt8] {
        switch self {
        case .write(let bytes), .close(let bytes?): bytes
        case .pause, .resume, .close(nil), .abort, .awaitDrain: []
        }
    }
}
