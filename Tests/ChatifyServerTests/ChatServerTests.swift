import ChatifyCore
import ChatifyHub
import Foundation
import Logging
import TestSupport
import Testing

@testable import ChatifyServer

@Suite(.timeLimit(.minutes(5)))
struct ChatServerTests {
    @Test func `An upgrade that fails costs its user no connection`() async throws {
        var configuration = Self.configuration
        configuration.hub.maximumConnectionsPerUser = 1
        try await withChatServer(configuration) { port in
            for _ in 0..<3 {
                let failing = try RawClient(port: port)
                failing.send(Self.upgrade("/hubs/chat?user=alice", version: 12))
                #expect(await failing.wait(for: "UPGRADE_REQUIRED").hasPrefix("HTTP/1.1 426 "))
                failing.close()
            }
            let first = try RawClient(port: port)
            first.send(Self.upgrade("/hubs/chat?user=alice"))
            #expect(await first.wait(for: "\r\n\r\n").hasPrefix("HTTP/1.1 101 "))
            let second = try RawClient(port: port)
            second.send(Self.upgrade("/hubs/chat?user=alice"))
            #expect(await second.wait(for: "\r\n\r\n").hasPrefix("HTTP/1.1 429 "))
            for client in [first, second] { client.close() }
        }
    }

    @Test func `A message sent over HTTP reaches who is joined`() async throws {
        try await withChatServer(Self.configuration) { port in
            let listener = try RawClient(port: port)
            listener.send(Array(Self.upgrade("/hubs/chat?user=bob").utf8))
            listener.send(Self.frame(#"{"protocol":"json","version":1}"#))
            listener.send(Self.frame(#"{"type":1,"invocationId":"1","target":"JoinScopeAsync","arguments":["room"]}"#))
            await listener.wait(for: #""invocationId":"1""#)
            let sender = try RawClient(port: port)
            let body = #"{"scopeType":0,"scopeId":"room","text":"Hello"}"#
            sender.send(
                "POST /chat/send?user=alice HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                    + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
            )
            #expect(await sender.wait(for: #""text":"Hello""#).hasPrefix("HTTP/1.1 200 OK\r\n"))
            let heard = await listener.wait(for: #""text":"Hello""#)
            #expect(heard.contains(#""senderId":"alice","text":"Hello""#), "\(heard)")
            sender.send("GET /health/ready HTTP/1.1\r\nHost: x\r\n\r\n")
            await sender.wait(for: #"{"status":"healthy""#)
            sender.send("PUT /chat/send HTTP/1.1\r\nHost: x\r\n\r\n")
            #expect(await sender.wait(for: "METHOD_NOT_ALLOWED").contains("Allow: POST\r\n"))
        }
    }

    @Test func `A stop tells hub clients to reconnect`() async throws {
        try await withChatServer(Self.configuration) { port in
            let client = try RawClient(port: port)
            client.send(Array(Self.upgrade("/hubs/chat?user=bob").utf8))
            client.send(Self.frame(#"{"protocol":"json","version":1}"#))
            await client.wait(for: "{}\u{1E}")
            return client
        } afterStop: { client in
            #expect(await client.waitForEnd().contains(#"{"type":7,"allowReconnect":true}"#))
        }
    }

    @Test func `A stop closes the consumers, then what the adapters stand on`() async throws {
        let events = Recorder<String>()
        try await withChatServer(Self.configuration, Self.adapters(telling: events)) { _ in
            #expect(events.all.isEmpty)
        }
        #expect(events.all == ["broadcast closed", "history closed", "stopped"])
    }

    @Test func `A server that cannot listen closes all the same`() async throws {
        let events = Recorder<String>()
        var configuration = Self.configuration
        configuration.server.host = "no address"
        let adapters = try Self.adapters(telling: events)
        let server = ChatServer(configuration: configuration, adapters: adapters, logger: .silent)
        await #expect(throws: ServerStartError.self) { try await server.run { _ in } }
        #expect(events.all == ["broadcast closed", "history closed", "stopped"])
    }

    @Test func `A cancelled server closes all the same`() async throws {
        let (events, ports) = (Recorder<String>(), Recorder<Int>())
        let adapters = try Self.adapters(telling: events)
        let server = ChatServer(configuration: Self.configuration, adapters: adapters, logger: .silent)
        let running = Task { try await server.run { ports.record($0) } }
        await ports.wait(forCount: 1)
        running.cancel()
        try await running.value
        #expect(events.all == ["broadcast closed", "history closed", "stopped"])
    }

    @Test func `A log that keeps the history itself needs no history writer`() async throws {
        let events = Recorder<String>()
        var adapters = try Self.adapters(telling: events)
        adapters.historyConsumer = nil
        try await withChatServer(Self.configuration, adapters) { port in
            let client = try RawClient(port: port)
            client.send("GET /health/ready HTTP/1.1\r\nHost: x\r\n\r\n")
            await client.wait(for: #"{"status":"healthy""#)
        }
        #expect(events.all == ["broadcast closed", "stopped"])
    }

    /// Adapters in memory whose consumers and end tell of themselves.
    private static func adapters(telling events: Recorder<String>) throws -> ChatAdapters {
        var adapters = try ChatAdapters.inMemory(partitions: 1, environment: ["POD_NAME": "pod-0"])
        adapters.broadcastConsumer = ClosingConsumer("broadcast", telling: events)
        adapters.historyConsumer = ClosingConsumer("history", telling: events)
        adapters.onStop = { events.record("stopped") }
        return adapters
    }

    private static var configuration: ServerConfiguration {
        var configuration = ServerConfiguration()
        configuration.server.port = 0
        configuration.server.loops = 1
        // Clients of these tests do not take part in closing.
        configuration.server.closeTimeout = .milliseconds(100)
        configuration.server.shutdownGrace = .seconds(3)
        return configuration
    }

    private static func upgrade(_ target: String, version: Int = 13) -> String {
        "GET \(target) HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + "Sec-WebSocket-Version: \(version)\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    }

    /// One record in a masked text frame, whose mask is zero.
    private static func frame(_ record: String) -> [UInt8] {
        let payload = Array(record.utf8) + [0x1E]
        let (high, low) = (UInt8(payload.count >> 8), UInt8(payload.count & 0xFF))
        let length = payload.count < 126 ? [0x80 | low] : [0xFE, high, low]
        return [0x81] + length + [0, 0, 0, 0] + payload
    }
}

/// Lends the port of a chat server, in memory unless it is given adapters, stops the server, and hands on what `body` returned.
private func withChatServer<Value: Sendable>(
    _ configuration: ServerConfiguration,
    _ adapters: ChatAdapters? = nil,
    _ body: (Int) async throws -> Value,
    afterStop: (Value) async -> Void = { _ in }
) async throws {
    let adapters = try adapters ?? ChatAdapters.inMemory(partitions: 3, environment: ["POD_NAME": "pod-0"])
    let server = ChatServer(configuration: configuration, adapters: adapters, logger: .silent)
    let ports = Recorder<Int>()
    let running = Task {
        defer { ports.record(-1) }
        try await server.run { ports.record($0) }
    }
    let result: Result<Value, any Error>
    do {
        result = .success(try await body(try #require(await ports.wait(forCount: 1).first)))
    } catch {
        result = .failure(error)
    }
    server.beginGracefulShutdown()
    try await running.value
    await afterStop(try result.get())
}
