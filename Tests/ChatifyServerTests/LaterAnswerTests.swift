import ChatifyEventLoop
import ChatifyWire
import TestSupport
import Testing

@testable import ChatifyServer

/// Answers for which nothing waits but the connection.
@Suite(.timeLimit(.minutes(5)))
struct LaterAnswerTests {
    @Test func `An answer that comes later has all its fields, and the next request waits for it`() async throws {
        let gate = Gate()
        try await withServer(gate: gate) { _, port in
            let client = try RawClient(port: port)
            let correlation = "corr_5f3c1f5e-1111-4222-8333-444455556666"
            client.send(HTTPServerTests.get("/later", "X-Correlation-ID: \(correlation)\r\n"))
            client.send(HTTPServerTests.get("/next"))
            let answer = try #require(await gate.answers.wait(forCount: 1).first)
            #expect(gate.begun.all == ["/later"])
            await answer.loop.run { answer.value(HTTPResponse(status: 200, body: Array("news".utf8))) }
            let text = await client.wait(for: "path=/next")
            #expect(text.contains("X-Correlation-ID: \(correlation)\r\n"))
            #expect(text.contains("X-Asked: /later\r\n"))
            #expect(text.contains("Connection: keep-alive\r\n"))
            #expect(text.contains("\r\n\r\nnewsHTTP/1.1 200"))
            #expect(gate.begun.all == ["/later", "/next"])
        }
    }

    @Test(arguments: [true, false])
    func `An answer is given up when its client leaves`(bySayingSo: Bool) async throws {
        let gate = Gate()
        try await withServer(gate: gate) { server, port in
            let client = try RawClient(port: port)
            client.send(HTTPServerTests.get("/later"))
            let answer = try #require(await gate.answers.wait(forCount: 1).first)
            if bySayingSo { client.sendEnd() } else { await server.stop(drainWithin: .zero) }
            #expect(await gate.begun.wait(forCount: 2) == ["/later", "abandoned"])
            guard bySayingSo else { return }
            // Too late, and harmless.
            await answer.loop.run { answer.value(HTTPResponse(status: 200)) }
            #expect(await client.waitForEnd().isEmpty)
        }
    }

    @Test func `A stop waits for an answer that comes later, and lets the connection go on`() async throws {
        let gate = Gate()
        try await withServer(gate: gate) { server, port in
            let client = try RawClient(port: port)
            client.send(HTTPServerTests.get("/later"))
            let answer = try #require(await gate.answers.wait(forCount: 1).first)
            async let stopped: Void = server.stop(drainWithin: .seconds(30))
            await gate.drains.wait(forCount: 1)
            await answer.loop.run { answer.value(HTTPResponse(status: 200, body: Array("news".utf8))) }
            // Whoever polls has to ask again to hear of the end.
            #expect(await client.wait(for: "news").contains("Connection: keep-alive\r\n"))
            client.sendEnd()
            await client.waitForEnd()
            await stopped
        }
    }
}
