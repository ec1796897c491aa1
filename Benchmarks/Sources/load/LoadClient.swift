import ChatifyEventLoop

/// One client connection, confined to one loop: opens a WebSocket, joins scopes, sends, and tells what comes in.
final class LoadClient: TCPStreamHandler {
    private let dialect: Dialect
    private let stream: TCPStream
    private var scanner = FrameScanner()
    private var isUpgraded = false
    private var head: [UInt8] = []
    private var greeting: [[UInt8]]
    private var pendingAnswers = 0
    private var whenReady: ((LoadClient) -> Void)?
    var onDelivery: ((Int) -> Void)?
    var onCompletion: (() -> Void)?
    var onClosed: (() -> Void)?

    /// Opens a connection and joins `scopes`; `whenReady` is called once all that is answered.
    init(
        stream: TCPStream,
        dialect: Dialect,
        path: String,
        scopes: [String],
        whenReady: @escaping (LoadClient) -> Void
    ) {
        self.dialect = dialect
        self.stream = stream
        self.whenReady = whenReady
        self.greeting = (dialect.handshake.isEmpty ? [] : [dialect.handshake]) + scopes.map(dialect.join)
        stream.maxOutboundBytes = 64 * 1024 * 1024
        stream.handler = self
        stream.startReading()
        _ = stream.write(Array(Self.upgrade(path).utf8))
        // The handshake's answer and one per join.
        self.pendingAnswers = dialect.isAnswered ? 1 + scopes.count : 0
    }

    private static func upgrade(_ path: String) -> String {
        "GET \(path) HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
    }

    func write(_ frame: [UInt8]) { _ = self.stream.write(frame) }

    func close() { self.stream.close() }

    func stopReading() { self.stream.stopReading() }

    func received(_ bytes: UnsafeRawBufferPointer) {
        guard self.isUpgraded else { return self.receivedHead(bytes) }
        self.scanner.scan(bytes) { self.take($0) }
    }

    private func receivedHead(_ bytes: UnsafeRawBufferPointer) {
        self.head.append(contentsOf: bytes)
        guard let end = self.head.firstRange(of: Array("\r\n\r\n".utf8)) else { return }
        precondition(self.head.starts(with: Array("HTTP/1.1 101".utf8)), "the server refused the upgrade")
        self.isUpgraded = true
        let rest = Array(self.head[end.upperBound...])
        self.head = []
        for payload in self.greeting { self.write(self.dialect.frame(payload)) }
        self.greeting = []
        self.readyIfAnswered()
        rest.withUnsafeBytes { bytes in self.scanner.scan(bytes) { self.take($0) } }
    }

    private func take(_ payload: UnsafeRawBufferPointer) {
        if self.pendingAnswers > 0 {
            self.pendingAnswers -= 1
            return self.readyIfAnswered()
        }
        switch self.dialect.classify(payload) {
        case .delivery(let number): self.onDelivery?(number)
        case .completion: self.onCompletion?()
        case .other: break
        }
    }

    private func readyIfAnswered() {
        guard self.pendingAnswers == 0, let whenReady = self.whenReady else { return }
        self.whenReady = nil
        whenReady(self)
    }

    func reachedEnd() { self.stream.close() }

    func drained() {}

    func closed(_ error: EventLoopError?) { self.onClosed?() }
}
