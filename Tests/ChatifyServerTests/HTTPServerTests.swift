import ChatifyEventLoop
import ChatifyWire
import Foundation
import TestSupport
import Testing

@testable import ChatifyServer

@Suite(.timeLimit(.minutes(5)))
struct HTTPServerTests {
    private static let upgrade =
        "GET /ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"

    static func get(_ path: String, _ fields: String = "") -> String {
        "GET \(path) HTTP/1.1\r\nHost: x\r\n\(fields)\r\n"
    }

    /// A masked text frame, whose mask is zero.
    private static func frame(_ text: String) -> [UInt8] {
        [0x81, 0x80 | UInt8(text.utf8.count), 0, 0, 0, 0] + Array(text.utf8)
    }

    /// The paths in the answers, in order.
    private static func answers(_ text: String) -> [String] {
        text.components(separatedBy: "path=").dropFirst().map {
            String($0.prefix { !"\r\nH".contains($0) })
        }
    }

    @Test func `Pipelined requests are answered in order, one at a time`() async throws {
        let gate = Gate(isOpen: false)
        try await withServer(gate: gate) { _, port in
            let client = try RawClient(port: port)
            client.send((0..<5).map { Self.get("/\($0)") }.joined())
            await gate.begun.wait(forCount: 1)
            #expect(gate.begun.all == ["/0"])
            gate.open()
            let text = await client.wait(for: "path=/4")
            #expect(Self.answers(text) == (0..<5).map { "/\($0)" })
            #expect(gate.begun.all == (0..<5).map { "/\($0)" })
            #expect(text.components(separatedBy: "X-Correlation-ID: corr_").count == 6)
        }
    }

    @Test func `A request may come byte by byte, with a body`() async throws {
        try await withServer { _, port in
            let client = try RawClient(port: port)
            for byte in "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc".utf8 { client.send([byte]) }
            #expect(await client.wait(for: "path=/aabc").contains("HTTP/1.1 200 OK\r\n"))
        }
    }

    @Test func `A client's correlation id comes back`() async throws {
        try await withServer { _, port in
            let client = try RawClient(port: port)
            let id = "corr_0b9f1d5e-7a31-4c02-9d3a-5f0c2b7e8a10"
            client.send(Self.get("/a", "X-Correlation-ID: \(id)\r\n"))
            #expect(await client.wait(for: "path=/a").contains("X-Correlation-ID: \(id)\r\n"))
        }
    }

    @Test(arguments: [
        ("\u{1}\u{2}", "400"), ("GET / HTTP/9.9\r\n\r\n", "505"),
        ("GET /\(String(repeating: "a", count: 9000))", "414"),
        ("GET / HTTP/1.1\r\nHost: x\r\nA: \(String(repeating: "a", count: 17000))", "431"),
        ("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9999999\r\n\r\n", "413"), ("GET / HTTP/1.1\r\n\r\n", "400"),
    ])
    func `Bytes that are no request are told and the connection ends`(_ bytes: String, _ status: String) async throws {
        try await withServer { _, port in
            let client = try RawClient(port: port)
            client.send(bytes)
            let text = await client.waitForEnd()
            #expect(text.hasPrefix("HTTP/1.1 \(status) "))
            #expect(text.contains("Content-Type: application/problem+json\r\n"))
            #expect(text.contains("Connection: close\r\n"))
        }
    }

    @Test func `A client that half-closes is still answered, all it asked`() async throws {
        let gate = Gate(isOpen: false)
        try await withServer(gate: gate) { _, port in
            let client = try RawClient(port: port)
            client.send(Self.get("/1") + Self.get("/2") + Self.get("/3") + "GET /unfin")
            client.sendEnd()
            await gate.begun.wait(forCount: 1)
            gate.open()
            #expect(Self.answers(await client.waitForEnd()) == ["/1", "/2", "/3"])
        }
    }

    @Test func `A request that dribbles in is given up`() async throws {
        try await withServer {
            $0.requestTimeout = .seconds(1)
        } _: { _, port in
            let (dribbling, idle) = (try RawClient(port: port), try RawClient(port: port))
            dribbling.send("GET / HTTP/1.1\r\nHost:")
            #expect(await dribbling.waitForEnd().hasPrefix("HTTP/1.1 408 "))
            #expect(await idle.waitForEnd().isEmpty)
        }
    }

    @Test func `Connections over the bound are closed, and room comes back`() async throws {
        try await withServer {
            $0.maxConnections = 2
        } _: { _, port in
            let first = try RawClient(port: port)
            let second = try RawClient(port: port)
            for client in [first, second] {
                client.send(Self.get("/in"))
                await client.wait(for: "path=/in")
            }
            let refused = try RawClient(port: port)
            #expect(await refused.waitForEnd().isEmpty)
            // The server closes on request, so that when the client sees the end the place is about to be free.
            first.send(Self.get("/bye", "Connection: close\r\n"))
            await first.waitForEnd()
            first.close()
            var isIn = false
            while !isIn, !Task.isCancelled {
                let third = try RawClient(port: port)
                third.send(Self.get("/in"))
                isIn = await third.wait(for: "path=/in").contains("path=/in")
            }
            #expect(isIn)
        }
    }

    @Test func `Bytes behind the head of an upgrade are the WebSocket's`() async throws {
        try await withServer { _, port in
            let client = try RawClient(port: port)
            client.send(Array(Self.upgrade.utf8) + Self.frame("early"))
            let text = await client.wait(for: "early")
            #expect(text.hasPrefix("HTTP/1.1 101 "))
            #expect(text.contains("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"))
            client.send(Self.frame("later"))
            await client.wait(for: "later")
            client.close()
        }
    }

    @Test func `A client that half-closed before its upgrade is not kept`() async throws {
        let gate = Gate(isOpen: false)
        try await withServer(gate: gate) { _, port in
            let client = try RawClient(port: port)
            client.send(Self.upgrade)
            client.sendEnd()
            await gate.begun.wait(forCount: 1)
            // Who connects after that end is read after it, so the end is known when this request is.
            let later = try RawClient(port: port)
            later.send("GET /later HTTP/1.1\r\nHost: x\r\n\r\n")
            await gate.begun.wait(forCount: 2)
            gate.open()
            #expect(await client.waitForEnd() == "")
        }
    }

    @Test func `An upgrade that cannot be is declined`() async throws {
        let gate = Gate()
        try await withServer(gate: gate) { _, port in
            let client = try RawClient(port: port)
            client.send(Self.upgrade.replacingOccurrences(of: "Version: 13", with: "Version: 12"))
            #expect(await client.wait(for: "UPGRADE_REQUIRED").hasPrefix("HTTP/1.1 426 "))
            await gate.begun.wait { $0.last == "declined" }
            client.send(Self.get("/still"))
            await client.wait(for: "path=/still")
        }
    }

    @Test func `An upgrade whose client has left is declined`() async throws {
        let gate = Gate(isOpen: false)
        try await withServer(gate: gate) { server, port in
            let client = try RawClient(port: port)
            client.send(Self.upgrade)
            await gate.begun.wait(forCount: 1)
            client.close()
            await client.waitForEnd()
            // The stop cuts the connection off for certain; only then the handler goes on.
            await server.stop(drainWithin: .zero)
            gate.open()
            let begun = await gate.begun.wait { $0.count > 1 }
            #expect(begun == ["/ws", "declined"])
        }
    }
}
