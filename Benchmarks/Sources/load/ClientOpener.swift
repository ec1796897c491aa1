import ChatifyEventLoop

/// Opens many clients, a bounded number at a time; confined to its loop.
final class ClientOpener {
    private let loop: EventLoop
    private let target: Target
    private let dialect: Dialect
    private let transport: Transport
    private let count: Int
    private let scopes: (Int) -> [String]
    private var requests: RequestConnection?
    private var started = 0
    private var clients: [LoadClient] = []
    private var done: (([LoadClient]) -> Void)?

    init(
        loop: EventLoop,
        target: Target,
        dialect: Dialect,
        transport: Transport,
        count: Int,
        scopes: @escaping (Int) -> [String]
    ) {
        self.loop = loop
        self.target = target
        self.dialect = dialect
        self.transport = transport
        self.count = count
        self.scopes = scopes
    }

    /// Opens the clients and hands them over when all are joined.
    func start(_ done: @escaping ([LoadClient]) -> Void) {
        self.done = done
        guard self.count > 0 else { return done([]) }
        guard self.transport != .websockets else { return self.openFirst() }
        self.connect { stream in
            self.requests = RequestConnection(stream: stream, path: self.target.path)
            self.openFirst()
        }
    }

    private func openFirst() {
        for _ in 0..<min(100, self.count) { self.openNext() }
    }

    private func openNext() {
        guard self.started < self.count else { return }
        let scopes = self.scopes(self.started)
        self.started += 1
        self.makeTransport { transport in
            _ = LoadClient(transport: transport, dialect: self.dialect, scopes: scopes) { self.joined($0) }
        }
    }

    private func makeTransport(_ made: @escaping (any LoadTransport) -> Void) {
        guard let requests = self.requests else {
            return self.connect {
                made(WebSocketTransport(stream: $0, dialect: self.dialect, path: self.target.path))
            }
        }
        requests.negotiate { token in
            self.connect {
                made(HTTPTransport(stream: $0, transport: self.transport, requests: requests, token: token))
            }
        }
    }

    private func connect(_ connected: @escaping (TCPStream) -> Void) {
        TCPStream.connect(loop: self.loop, host: "127.0.0.1", port: self.target.port, timeout: .seconds(10)) { result in
            guard case .success(let stream) = result else { fatalError("cannot connect: \(result)") }
            connected(stream)
        }
    }

    private func joined(_ client: LoadClient) {
        self.clients.append(client)
        self.openNext()
        guard self.clients.count == self.count else { return }
        self.done?(self.clients)
        self.done = nil
    }
}
