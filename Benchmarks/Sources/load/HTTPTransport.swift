import ChatifyEventLoop

/// Server-sent events, or one poll after the other, on a connection of its own; what the client sends goes by requests
/// on a connection that all clients share.
final class HTTPTransport: LoadTransport, TCPStreamHandler {
    var handler: (any LoadTransportHandler)?
    private(set) var answers = 0
    private let stream: TCPStream
    private let polls: Bool
    private let requests: RequestConnection
    private let token: String
    private let request: [UInt8]
    private var reader = HTTPResponseReader()
    private var scanner = RecordScanner()
    private var isOpen = false
    private var isOver = false

    /// Takes the client's own connection, and the token that the server gave on the shared one.
    init(stream: TCPStream, transport: Transport, requests: RequestConnection, token: String) {
        self.stream = stream
        self.polls = transport == .longpolling
        self.requests = requests
        self.token = token
        self.request = Array(
            "GET \(requests.path)?id=\(token) HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: \(transport.accept)\r\n\r\n".utf8
        )
        stream.handler = self
    }

    func begin() {
        self.stream.startReading()
        self.ask()
    }

    private func ask() { _ = self.stream.write(self.request) }

    func frame(_ payload: [UInt8]) -> [UInt8] { payload }

    func write(_ frames: [UInt8]) { self.requests.post("?id=\(self.token)", frames) { _ in } }

    func stopReading() { self.stream.stopReading() }

    func close() { self.stream.close() }

    func received(_ bytes: UnsafeRawBufferPointer) { self.reader.read(bytes) { self.take($0) } }

    private func take(_ piece: HTTPResponseReader.Piece) {
        switch piece {
        case .head(let status):
            precondition(status == 200 || status == 204 && self.polls, "the server refused: \(status)")
            self.isOver = status == 204
            if !self.polls { self.open() }
        case .body(let bytes): self.scanner.scan(bytes) { self.handler?.received($0) }
        case .end: self.answered()
        }
    }

    private func answered() {
        guard self.polls, !self.isOver else { return self.stream.close() }
        self.answers += 1
        self.ask()
        // The first answer says that the connection is open, and nothing else.
        if !self.isOpen { self.open() }
    }

    private func open() {
        self.isOpen = true
        self.handler?.opened()
    }

    func reachedEnd() { self.stream.close() }

    func drained() {}

    func closed(_ error: EventLoopError?) {
        self.handler?.closed()
        self.handler = nil
    }
}
