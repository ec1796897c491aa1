import ChatifyEventLoop

/// A WebSocket, without negotiation.
final class WebSocketTransport: LoadTransport, TCPStreamHandler {
    var handler: (any LoadTransportHandler)?
    let answers = 0
    private let stream: TCPStream
    private let dialect: Dialect
    private let path: String
    private var scanner = FrameScanner()
    private var isUpgraded = false
    private var head: [UInt8] = []

    init(stream: TCPStream, dialect: Dialect, path: String) {
        self.stream = stream
        self.dialect = dialect
        self.path = path
        stream.maxOutboundBytes = 64 * 1024 * 1024
        stream.handler = self
    }

    func begin() {
        self.stream.startReading()
        let request =
            "GET \(self.path) HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
        self.write(Array(request.utf8))
    }

    func frame(_ payload: [UInt8]) -> [UInt8] { self.dialect.frame(payload) }

    func write(_ frames: [UInt8]) { _ = self.stream.write(frames) }

    func stopReading() { self.stream.stopReading() }

    func close() { self.stream.close() }

    func received(_ bytes: UnsafeRawBufferPointer) {
        guard self.isUpgraded else { return self.receivedHead(bytes) }
        self.scanner.scan(bytes) { self.handler?.received($0) }
    }

    private func receivedHead(_ bytes: UnsafeRawBufferPointer) {
        self.head.append(contentsOf: bytes)
        guard let end = self.head.firstRange(of: Array("\r\n\r\n".utf8)) else { return }
        precondition(self.head.starts(with: Array("HTTP/1.1 101".utf8)), "the server refused the upgrade")
        self.isUpgraded = true
        let rest = Array(self.head[end.upperBound...])
        self.head = []
        self.handler?.opened()
        rest.withUnsafeBytes { self.received($0) }
    }

    func reachedEnd() { self.stream.close() }

    func drained() {}

    func closed(_ error: EventLoopError?) {
        self.handler?.closed()
        self.handler = nil
    }
}
