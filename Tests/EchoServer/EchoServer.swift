// A server for the WebSocket conformance tests: `/echo` sends every message back with its opcode. Test builds only.
import ChatifyServer
import ChatifyWire
import Foundation
import Logging

@main
struct EchoServer {
    static func main() async throws {
        var configuration = HTTPServerConfiguration()
        configuration.port = 0
        configuration.loops = 1
        configuration.webSocket.maxFrameBytes = 16 * 1024 * 1024
        configuration.webSocket.maxMessageBytes = 16 * 1024 * 1024
        configuration.compressesWebSockets = true
        configuration.maxOutboundBytesPerConnection = 64 * 1024 * 1024
        let server = HTTPServer(configuration: configuration, logger: Logger(label: "echo")) { _ in EchoRoutes() }
        let port = try await server.start()
        print("echo listening on http://127.0.0.1:\(port)", terminator: "\n")
        fflush(nil)
        // Serves until the test ends the process.
        while !Task.isCancelled { try await Task.sleep(for: .seconds(3600)) }
    }
}

final class EchoRoutes: HTTPHandler {
    func handle(_ request: HTTPRequest) async -> HTTPOutcome {
        guard request.head.path == "/echo", WebSocketHandshake.isUpgrade(request.head) else {
            return .response(HTTPResponse(status: 404, headers: HTTPHeaders(), body: []))
        }
        return .webSocket({ EchoSocket(socket: $0) })
    }

    func tick() {}

    func drain(atMost count: Int) -> Int { 0 }
}

final class EchoSocket: WebSocketHandler {
    private let socket: WebSocketConnection
    private var message: [UInt8] = []

    init(socket: WebSocketConnection) { self.socket = socket }

    func received(_ bytes: [UInt8], kind: WebSocketAction.DataKind, endsMessage: Bool) {
        self.message += bytes
        guard endsMessage else { return }
        let frame = self.encode(kind)
        self.message = []
        if !self.socket.write(frame) { self.socket.close(sending: nil, code: WebSocketCloseCode.policyViolation) }
    }

    private func encode(_ kind: WebSocketAction.DataKind) -> [UInt8] {
        switch (kind, self.socket.isCompressed) {
        case (.text, false): WebSocketFrameEncoder.text(self.message)
        case (.text, true): WebSocketFrameEncoder.deflatedText(self.message)
        case (.binary, false): WebSocketFrameEncoder.binary(self.message)
        case (.binary, true): WebSocketFrameEncoder.deflatedBinary(self.message)
        }
    }

    func closed() {}
}
