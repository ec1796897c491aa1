import ChatifyEventLoop

/// A connection that carries the POSTs of all clients that have no WebSocket, one behind the other.
final class RequestConnection: TCPStreamHandler {
    /// The hub's path.
    let path: String
    private let stream: TCPStream
    private var reader = HTTPResponseReader()
    private var body: [UInt8] = []
    /// Who waits for the answers, in the order of the requests.
    private var waiting: [([UInt8]) -> Void] = []

    init(stream: TCPStream, path: String) {
        self.stream = stream
        self.path = path
        stream.maxOutboundBytes = 64 * 1024 * 1024
        stream.handler = self
        stream.startReading()
    }

    /// Negotiates a connection and hands over its token.
    func negotiate(_ done: @escaping (String) -> Void) {
        self.post("/negotiate?negotiateVersion=1", []) { answer in
            let text = String(decoding: answer, as: UTF8.self)
            guard let key = text.firstRange(of: "\"connectionToken\":\"") else { fatalError("no token in \(text)") }
            done(String(text[key.upperBound...].prefix { $0 != "\"" }))
        }
    }

    /// Posts `body` to the hub's path followed by `suffix`, and hands over the answer's body.
    func post(_ suffix: String, _ body: [UInt8], _ done: @escaping ([UInt8]) -> Void) {
        let head = "POST \(self.path)\(suffix) HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: \(body.count)\r\n\r\n"
        precondition(self.stream.write(Array(head.utf8) + body), "the connection for requests is closed or too slow")
        self.waiting.append(done)
    }

    func close() { self.stream.close() }

    func received(_ bytes: UnsafeRawBufferPointer) {
        self.reader.read(bytes) { piece in
            switch piece {
            case .head(let status): precondition(status == 200, "the server refused a request: \(status)")
            case .body(let bytes): self.body.append(contentsOf: bytes)
            case .end:
                let body = self.body
                self.body = []
                self.waiting.removeFirst()(body)
            }
        }
    }

    func reachedEnd() { self.stream.close() }

    func drained() {}

    func closed(_ error: EventLoopError?) {
        precondition(self.waiting.isEmpty, "the server closed the connection for requests")
    }
}
