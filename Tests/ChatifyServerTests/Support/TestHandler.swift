import ChatifyCore
import ChatifyEventLoop
import ChatifyWire
import Logging
import TestSupport

@testable import ChatifyServer

/// Answers each request with its path, once the gate lets it; `/ws` becomes a WebSocket, `/stream` goes on, `/held` and `/later`
/// are not owed to a client that has left, and `/later` is answered by the test.
final class TestHandler: HTTPHandler {
    let gate: Gate
    private let loop: EventLoop

    init(gate: Gate, loop: EventLoop) {
        self.gate = gate
        self.loop = loop
    }

    func handle(_ request: HTTPRequest) async -> HTTPOutcome {
        self.gate.begun.record(request.head.path)
        await self.gate.wait()
        if request.head.path == "/ws" {
            return .webSocket({ EchoSocket(socket: $0) }, declined: { [gate] in gate.begun.record("declined") })
        }
        if request.head.path == "/stream" {
            return .stream(
                HTTPResponse(status: 200, headers: HTTPHeaders([("Content-Type", "text/plain")])),
                { [gate] in CountingStream($0, gate) },
                declined: { [gate] in gate.begun.record("declined") }
            )
        }
        if request.head.path == "/later" {
            return .later { [gate, loop] respond in
                gate.answers.record(EventLoopBound(respond, loop: loop))
                return { gate.begun.record("abandoned") }
            }
        }
        return .response(HTTPResponse(status: 200, body: Array("path=\(request.head.path)".utf8) + request.body))
    }

    func holds(_ head: HTTPRequestHead) -> Bool { ["/held", "/later"].contains(head.path) }

    func addHeaders(to response: inout HTTPResponse, answering head: HTTPRequestHead?) {
        response.headers.set("X-Asked", head?.path ?? "nothing")
    }

    func tick() {}

    func drain(atMost count: Int) -> Int {
        self.gate.drains.record(count)
        return 0
    }
}

/// Holds requests up until it is opened.
final class Gate: Sendable {
    /// The paths of the requests that were begun.
    let begun = Recorder<String>()
    /// How often the handlers were asked to drain.
    let drains = Recorder<Int>()
    /// The answers that go on.
    let streams = Recorder<EventLoopBound<HTTPResponseStream>>()
    /// What takes the answers that come later.
    let answers = Recorder<EventLoopBound<(HTTPResponse) -> Void>>()
    private let state: Locked<(isOpen: Bool, waiters: [CheckedContinuation<Void, Never>])>

    init(isOpen: Bool = true) { self.state = Locked((isOpen, [])) }

    func open() {
        let waiters = self.state.withLock { state in
            state.isOpen = true
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume() }
    }

    func wait() async {
        await withCheckedContinuation { continuation in
            let mustWait = self.state.withLock { state in
                if !state.isOpen { state.waiters.append(continuation) }
                return !state.isOpen
            }
            if !mustWait { continuation.resume() }
        }
    }
}

/// Begins with a piece, and records its end.
final class CountingStream: HTTPStreamHandler {
    private let gate: Gate

    init(_ stream: HTTPResponseStream, _ gate: Gate) {
        self.gate = gate
        let piece = Array("piece".utf8)
        _ = stream.write(stream.isChunked ? HTTPChunk.encode(piece) : piece)
        gate.streams.record(EventLoopBound(stream, loop: stream.loop))
    }

    func closed() { self.gate.begun.record("closed") }
}

/// Sends every payload back.
final class EchoSocket: WebSocketHandler {
    private let socket: WebSocketConnection

    init(socket: WebSocketConnection) { self.socket = socket }

    func received(_ bytes: [UInt8], kind: WebSocketAction.DataKind, endsMessage: Bool) {
        _ = self.socket.write(WebSocketFrameEncoder.text(bytes))
    }

    func closed() {}
}

/// Lends a running server, and stops it afterwards.
func withServer(
    gate: Gate = Gate(),
    configure: (inout HTTPServerConfiguration) -> Void = { _ in },
    _ body: (HTTPServer, Int) async throws -> Void
) async throws {
    var configuration = HTTPServerConfiguration()
    configuration.port = 0
    configuration.loops = 1
    configure(&configuration)
    let server = HTTPServer(configuration: configuration, logger: .silent) { TestHandler(gate: gate, loop: $0) }
    let port = try await server.start()
    let result: Result<Void, any Error>
    do {
        result = .success(try await body(server, port))
    } catch {
        result = .failure(error)
    }
    gate.open()
    await server.stop(drainWithin: .seconds(1))
    // They know their server, which knows the gate.
    gate.streams.removeAll()
    try result.get()
}

extension Logger {
    static let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
}
