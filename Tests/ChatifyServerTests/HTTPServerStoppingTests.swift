import ChatifyEventLoop
import ChatifyWire
import Foundation
import Logging
import TestSupport
import Testing

@testable import ChatifyServer

@Suite(.timeLimit(.minutes(5)))
struct HTTPServerStoppingTests {
    @Test func `A stop ends idle connections, and active ones after their answers`() async throws {
        let gate = Gate(isOpen: false)
        try await withServer(gate: gate) { server, port in
            let (idle, active) = (try RawClient(port: port), try RawClient(port: port))
            active.send(HTTPServerTests.get("/slow"))
            await gate.begun.wait(forCount: 1)
            async let stopped: Void = server.stop(drainWithin: .seconds(30))
            #expect(await idle.waitForEnd().isEmpty)
            #expect(active.text.isEmpty)
            gate.open()
            let text = await active.waitForEnd()
            #expect(text.contains("Connection: close\r\n"))
            #expect(text.hasSuffix("path=/slow"))
            await stopped
            #expect(throws: RawClient.Failure.self) { try RawClient(port: port) }
        }
    }

    @Test func `What is left when the time is over is cut off`() async throws {
        let gate = Gate(isOpen: false)
        try await withServer(gate: gate) { server, port in
            let client = try RawClient(port: port)
            client.send(HTTPServerTests.get("/never"))
            await gate.begun.wait(forCount: 1)
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await server.stop(drainWithin: .milliseconds(100)) }
                #expect(await client.waitForEnd().isEmpty)
                gate.open()
            }
        }
    }

    @Test func `A cancelled stop waits as patiently as any other`() async throws {
        let gate = Gate(isOpen: false)
        try await withServer(gate: gate) { server, port in
            let client = try RawClient(port: port)
            client.send(HTTPServerTests.get("/slow"))
            await gate.begun.wait(forCount: 1)
            let start = ContinuousClock.now
            let stop = Task { await server.stop(drainWithin: .seconds(30)) }
            stop.cancel()
            await gate.drains.wait(forCount: 3)
            gate.open()
            await stop.value
            let rounds = Int(start.duration(to: .now) / .milliseconds(50)) + 1
            #expect(gate.drains.all.count <= rounds)
            #expect(await client.waitForEnd().hasSuffix("path=/slow"))
        }
    }

    @Test func `A taken port stops the start, and leaves nothing behind`() async throws {
        let gate = Gate()
        try await withServer(gate: gate) { first, port in
            var configuration = HTTPServerConfiguration()
            configuration.port = port
            configuration.loops = 2
            let made = Recorder<String>()
            let second = HTTPServer(configuration: configuration, logger: .silent) { loop in
                made.record(loop.name)
                return TestHandler(gate: gate, loop: loop)
            }
            let error = await #expect(throws: EventLoopError.self) { _ = try await second.start() }
            #expect(error?.code == .addressInUse)
            #expect(made.all.isEmpty)
            #expect(
                error.map { ServerStartError($0, configuration: configuration).description }
                    == "port \(port) on 127.0.0.1 is in use; stop what listens there, or choose another with --port"
            )
            await first.stop(drainWithin: .zero)
            let taken = try await second.start()
            #expect(taken == port)
            await second.stop(drainWithin: .zero)
        }
    }

    @Test func `Every loop has a handler, and all share one port`() async throws {
        let made = Recorder<String>()
        var configuration = HTTPServerConfiguration()
        configuration.port = 0
        configuration.loops = 3
        let server = HTTPServer(configuration: configuration, logger: .silent) { loop in
            made.record(loop.name)
            return TestHandler(gate: Gate(), loop: loop)
        }
        let port = try await server.start()
        for number in 0..<12 {
            let client = try RawClient(port: port)
            client.send(HTTPServerTests.get("/\(number)", "Connection: close\r\n"))
            #expect(await client.waitForEnd().hasSuffix("path=/\(number)"))
        }
        await server.stop(drainWithin: .zero)
        #expect(made.all == ["chatify-0", "chatify-1", "chatify-2"])
    }
}
