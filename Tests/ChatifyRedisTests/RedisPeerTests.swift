import ChatifyCore
import ChatifyEventLoop
import TestSupport
import Testing

@testable import ChatifyRedis

/// Servers that are no Redis, or one in trouble.
extension WithServer {
    @Suite struct RedisPeerTests {
        @Test(arguments: [
            ("HTTP/1.1 400 Bad Request\r\n\r\n", RedisError.Code.unreachable, "Protocol error"),
            ("-ERR max number of clients reached\r\n", .refused, "max number of clients"),
            ("-LOADING Redis is loading the dataset in memory\r\n", .unavailable, "LOADING"),
            ("*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n+x\r\n", .unreachable, "nested"),
            ("$4\r\nPO", .unreachable, "in time"),
            ("", .unreachable, "in time"),
        ])
        func `Whoever does not greet as Redis does is out of reach`(
            answer: String,
            code: RedisError.Code,
            text: String
        ) async throws {
            let log = CapturingLog()
            try await withPeer(answering: answer) { port async throws in
                try await withClient(RedisConnectionString(host: "127.0.0.1", port: port), .impatient, log: log) {
                    client async throws in
                    await log.lines.wait(forCount: 3)
                    let failure = try #require(client.lastFailure)
                    #expect(failure.message.contains(text))
                    #expect([code, .connectionLost].contains(failure.code))
                    #expect(!client.isReady)
                    #expect(await client.failure("PING") == .unreachable)
                    #expect(log.warnings.count == 1)
                }
            }
        }

        @Test func `Nobody there is out of reach`() async throws {
            let port = try RedisServer.freePort()
            let log = CapturingLog()
            try await withClient(RedisConnectionString(host: "127.0.0.1", port: port), log: log) {
                client async throws in
                await log.lines.wait(forCount: 3)
                #expect(client.lastFailure?.message.contains("refused") == true)
                #expect(await client.failure("PING") == .unreachable)
            }
        }
    }
}

/// Lends the port of a server that answers each connection's first bytes with `answer`.
private func withPeer(answering answer: String, _ body: (Int) async throws -> Void) async throws {
    try await withLoop { loop async throws in
        let listener = try await loop.run {
            let listener = try TCPListener(loop: loop, host: "127.0.0.1", port: 0) { stream in
                stream.handler = AnsweringPeer(stream, Array(answer.utf8))
                stream.startReading()
            }
            return EventLoopBound(listener, loop: loop)
        }
        try await body(await loop.run { listener.value.port })
        await loop.run { listener.value.close() }
    }
}

private final class AnsweringPeer: TCPStreamHandler {
    private var stream: TCPStream?
    private let answer: [UInt8]

    init(_ stream: TCPStream, _ answer: [UInt8]) { (self.stream, self.answer) = (stream, answer) }

    func received(_ bytes: UnsafeRawBufferPointer) {
        if !self.answer.isEmpty { _ = self.stream?.write(self.answer) }
    }

    func reachedEnd() { self.stream?.close() }

    func drained() {}

    func closed(_ error: EventLoopError?) { self.stream = nil }
}
