import ChatifyEventLoop
import ChatifyWire
import Foundation
import TestSupport
import Testing

@testable import ChatifyServer

@Suite(.timeLimit(.minutes(5)))
struct HTTPResponseStreamTests {
    @Test func `A stream goes out in chunks, and ends with a last one`() async throws {
        let gate = Gate()
        try await withServer(gate: gate) { _, port in
            let client = try RawClient(port: port)
            client.send(HTTPServerTests.get("/stream"))
            let stream = await gate.streams.wait(forCount: 1)[0]
            await client.wait(for: "5\r\npiece\r\n")
            await stream.loop.run { stream.value.end(sending: HTTPChunk.encode(Array("last".utf8))) }
            let text = await client.waitForEnd()
            #expect(text.hasPrefix("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nX-Correlation-ID: corr_"))
            #expect(text.contains("\r\nX-Asked: /stream\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n"))
            #expect(text.hasSuffix("\r\n\r\n5\r\npiece\r\n4\r\nlast\r\n0\r\n\r\n"))
            #expect(gate.begun.all == ["/stream"], "an end from this side is not told to this side")
        }
    }

    @Test func `A client of HTTP 1 0 gets the pieces as they are`() async throws {
        let gate = Gate()
        try await withServer(gate: gate) { _, port in
            let client = try RawClient(port: port)
            client.send("GET /stream HTTP/1.0\r\nHost: x\r\n\r\n")
            let stream = await gate.streams.wait(forCount: 1)[0]
            await stream.loop.run { stream.value.end(sending: Array("last".utf8)) }
            let text = await client.waitForEnd()
            #expect(text.hasSuffix("Connection: close\r\n\r\npiecelast"))
            #expect(!text.contains("chunked"))
        }
    }

    @Test(arguments: [true, false])
    func `A client that leaves is told of once`(_ says: Bool) async throws {
        let gate = Gate()
        try await withServer(gate: gate) { _, port in
            let client = try RawClient(port: port)
            client.send(HTTPServerTests.get("/stream") + HTTPServerTests.get("/dropped"))
            await client.wait(for: "piece")
            if says { client.sendEnd() } else { client.close() }
            await gate.begun.wait(forCount: 2)
        }
        #expect(gate.begun.all == ["/stream", "closed"])
    }

    @Test func `A slow client is refused more at the bound`() async throws {
        let gate = Gate()
        try await withServer(gate: gate) {
            $0.maxOutboundBytesPerConnection = 100_000
        } _: { _, port in
            let client = try RawClient(port: port)
            client.send(HTTPServerTests.get("/stream"))
            let stream = await gate.streams.wait(forCount: 1)[0]
            let taken = await stream.loop.run {
                let piece = [UInt8](repeating: 0x78, count: 40_000)
                return (0..<4).map { _ in stream.value.write(piece) }
            }
            #expect(taken == [true, true, false, false])
            await stream.loop.run { stream.value.abort() }
            await client.waitForEnd()
        }
    }

    @Test func `A stream whose client has left is declined`() async throws {
        let gate = Gate(isOpen: false)
        try await withServer(gate: gate) { server, port in
            let client = try RawClient(port: port)
            client.send(HTTPServerTests.get("/stream"))
            await gate.begun.wait(forCount: 1)
            client.close()
            await client.waitForEnd()
            await server.stop(drainWithin: .zero)
            gate.open()
            let begun = await gate.begun.wait { $0.count > 1 }
            #expect(begun == ["/stream", "declined"])
        }
    }

    @Test func `An answer that is held is not owed to a client that ends`() async throws {
        let gate = Gate(isOpen: false)
        try await withServer(gate: gate) { _, port in
            let client = try RawClient(port: port)
            client.send(HTTPServerTests.get("/held"))
            await gate.begun.wait(forCount: 1)
            client.sendEnd()
            #expect(await client.waitForEnd() == "", "closed before the answer, which the gate holds up")
        }
    }

    @Test func `While the server stops a client may still go on with what is held`() async throws {
        let gate = Gate(isOpen: false)
        try await withServer(gate: gate) { server, port in
            let (held, plain) = (try RawClient(port: port), try RawClient(port: port))
            held.send(HTTPServerTests.get("/held"))
            plain.send(HTTPServerTests.get("/plain"))
            await gate.begun.wait(forCount: 2)
            let stop = Task { await server.stop(drainWithin: .seconds(30)) }
            await gate.drains.wait(forCount: 1)
            gate.open()
            #expect(await plain.waitForEnd().contains("Connection: close\r\n"))
            #expect(await held.wait(for: "path=/held").contains("Connection: keep-alive\r\n"))
            held.send(HTTPServerTests.get("/held"))
            await held.wait(for: "path=/held", times: 2)
            held.close()
            plain.close()
            await stop.value
        }
    }

    @Test func `Every answer gets the handler's fields, also one to no request`() async throws {
        try await withServer { _, port in
            let client = try RawClient(port: port)
            client.send(HTTPServerTests.get("/a") + "POST /b HTTP/1.1\r\nHost: x\r\nContent-Length: 9999999\r\n\r\n")
            let text = await client.waitForEnd()
            #expect(text.contains("X-Asked: /a\r\n"))
            #expect(text.contains("X-Asked: /b\r\n"))
            let other = try RawClient(port: port)
            other.send("\u{1}\r\n\r\n")
            #expect(await other.waitForEnd().contains("X-Asked: nothing\r\n"))
        }
    }
}
