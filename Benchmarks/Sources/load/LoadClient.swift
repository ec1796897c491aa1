import ChatifyEventLoop

/// One client of the hub, confined to one loop: joins scopes, sends, and tells what comes in.
final class LoadClient: LoadTransportHandler {
    private let dialect: Dialect
    private let transport: any LoadTransport
    private let greeting: [[UInt8]]
    private var pendingAnswers = 0
    private var whenReady: ((LoadClient) -> Void)?
    var onDelivery: ((Int) -> Void)?
    var onCompletion: (() -> Void)?
    var onClosed: (() -> Void)?

    /// Opens the transport and joins `scopes`; `whenReady` is called once all that is answered.
    init(
        transport: any LoadTransport,
        dialect: Dialect,
        scopes: [String],
        whenReady: @escaping (LoadClient) -> Void
    ) {
        self.dialect = dialect
        self.transport = transport
        self.whenReady = whenReady
        self.greeting = (dialect.handshake.isEmpty ? [] : [dialect.handshake]) + scopes.map(dialect.join)
        // The handshake's answer and one per join.
        self.pendingAnswers = dialect.isAnswered ? 1 + scopes.count : 0
        transport.handler = self
        transport.begin()
    }

    /// Opens a WebSocket on `stream` and joins `scopes`; `whenReady` is called once all that is answered.
    convenience init(
        stream: TCPStream,
        dialect: Dialect,
        path: String,
        scopes: [String],
        whenReady: @escaping (LoadClient) -> Void
    ) {
        let transport = WebSocketTransport(stream: stream, dialect: dialect, path: path)
        self.init(transport: transport, dialect: dialect, scopes: scopes, whenReady: whenReady)
    }

    /// The answers to the client's polls so far.
    var answers: Int { self.transport.answers }

    /// A payload as ``write(_:)`` takes it.
    func frame(_ payload: [UInt8]) -> [UInt8] { self.transport.frame(payload) }

    func write(_ frame: [UInt8]) { self.transport.write(frame) }

    func close() { self.transport.close() }

    func stopReading() { self.transport.stopReading() }

    func opened() {
        // All at once: by requests each would cost one.
        let frames = self.greeting.flatMap(self.transport.frame)
        if !frames.isEmpty { self.write(frames) }
        self.readyIfAnswered()
    }

    func received(_ payload: UnsafeRawBufferPointer) {
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

    func closed() { self.onClosed?() }
}
