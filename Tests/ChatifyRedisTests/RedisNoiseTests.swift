import ChatifyCore
import ChatifyEventLoop
import TestSupport
import Testing

@testable import ChatifyRedis

/// A server that greets as Redis does, and then answers each command with anything that its protocol allows.
extension WithServer {
    @Suite struct RedisNoiseTests {
        @Test(arguments: 0..<5 as Range<UInt64>)
        func `Any answer is a result or an error`(seed: UInt64) async throws {
            try await withPeer(seed: seed) { port async throws in
                try await withClient(RedisConnectionString(host: "127.0.0.1", port: port)) { client async throws in
                    try #require(await client.waitUntilReady())
                    for _ in 0..<20 { try await Self.useEverything(client) }
                }
            }
        }

        private static let alice = PresentConnection(
            userID: UserID(unchecked: "alice"),
            connectionID: ConnectionID(unchecked: "c1"),
            podID: PodID(unchecked: "pod-0")
        )

        /// Calls every verb once; each has to come back.
        private static func useEverything(_ client: RedisClient) async throws {
            let presence = RedisPresenceService(client)
            _ = try? await presence.setOnline(self.alice)
            _ = try? await presence.heartbeat([self.alice])
            _ = try? await presence.dropExpired(atMost: 10)
            _ = try? await presence.onlineUserCount()
            _ = try? await presence.connections(of: self.alice.userID)
            _ = try? await presence.onlineUsers(among: [self.alice.userID])
            _ = try? await presence.route(of: self.alice.userID, connection: self.alice.connectionID)
            _ = try? await presence.checkWriting()
            _ = try? await presence.setOffline(self.alice)
            let windows = [1, 60].map { RateLimitWindow(threshold: 3, length: .seconds($0)) }
            let key = RateLimitKey(userID: self.alice.userID, endpoint: "send")
            do throws(ChatError) {
                let decision = try await RedisRateLimiter(client).checkAndIncrement(key, windows: windows)
                #expect(decision.resetsAfter >= .zero)
            } catch {
                #expect(!error.message.isEmpty)
            }
        }
    }
}

/// Lends the port of such a server.
private func withPeer(seed: UInt64, _ body: (Int) async throws -> Void) async throws {
    try await withLoop { loop async throws in
        let listener = try await loop.run {
            let listener = try TCPListener(loop: loop, host: "127.0.0.1", port: 0) { stream in
                stream.handler = NoisyPeer(stream, SeededRandom(seed: seed))
                stream.startReading()
            }
            return EventLoopBound(listener, loop: loop)
        }
        try await body(await loop.run { listener.value.port })
        await loop.run { listener.value.close() }
    }
}

private final class NoisyPeer: TCPStreamHandler {
    private var stream: TCPStream?
    private var random: SeededRandom
    private var input: [UInt8] = []

    init(_ stream: TCPStream, _ random: SeededRandom) { (self.stream, self.random) = (stream, random) }

    func received(_ bytes: UnsafeRawBufferPointer) {
        self.input += bytes
        while let words = self.takeCommand() {
            let answer = words == ["PING"] ? "+PONG\r\n" : self.answer(depth: 2)
            _ = self.stream?.write(Array(answer.utf8))
        }
    }

    /// The words of the next command, once it is there whole.
    private func takeCommand() -> [String]? {
        var rest = self.input[...]
        guard let count = Self.takeNumber(&rest) else { return nil }
        var words: [String] = []
        for _ in 0..<count {
            guard let length = Self.takeNumber(&rest), rest.count >= length + 2 else { return nil }
            words.append(String(decoding: rest.prefix(length), as: UTF8.self))
            rest = rest.dropFirst(length + 2)
        }
        self.input = Array(rest)
        return words
    }

    /// The number behind `*` or `$`, up to the end of its line.
    private static func takeNumber(_ bytes: inout ArraySlice<UInt8>) -> Int? {
        guard let end = bytes.firstIndex(of: UInt8(ascii: "\n")) else { return nil }
        defer { bytes = bytes[(end + 1)...] }
        return Int(String(decoding: bytes[..<end].dropFirst().dropLast(), as: UTF8.self))
    }

    private func answer(depth: Int) -> String {
        switch Int.random(in: 0..<(depth > 0 ? 9 : 6), using: &self.random) {
        case 0: return ":\([Int64.min, -2, -1, 0, 1, 3, .max].randomElement(using: &self.random) ?? 0)\r\n"
        case 1: return "$-1\r\n"
        case 2: return "$0\r\n\r\n"
        case 3: return "$5\r\nc1|p0\r\n"
        case 4: return "+OK\r\n"
        case 5: return "-\(["ERR no", "CROSSSLOT", "OOM", "READONLY"].randomElement(using: &self.random) ?? "")\r\n"
        default:
            let count = Int.random(in: 0...5, using: &self.random)
            return "*\(count)\r\n" + (0..<count).map { _ in self.answer(depth: depth - 1) }.joined()
        }
    }

    func reachedEnd() { self.stream?.close() }

    func drained() {}

    func closed(_ error: EventLoopError?) { self.stream = nil }
}
