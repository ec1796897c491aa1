import ArgumentParser
import ChatifyEventLoop

/// The server under test, as every command names it.
struct Target: ParsableArguments {
    @Option(help: "The server's port on 127.0.0.1.")
    var port: Int

    @Option(help: "The server's process id, to read its CPU time and memory.")
    var pid: Int

    @Option(help: "signalr, messagepack or plain.")
    var dialect = "signalr"

    @Option(help: "The path of the WebSocket.")
    var path = "/hubs/chat"

    var process: ServerProcess { ServerProcess(pid: self.pid) }

    func parsedDialect() throws -> Dialect {
        guard let dialect = Dialect(rawValue: self.dialect) else { throw ValidationError("unknown dialect") }
        return dialect
    }

    /// Opens `count` clients, of which client `index` joins `scopes(index)`, a hundred at a time, and returns when all are joined.
    func open(
        _ count: Int,
        on loop: EventLoop,
        scopes: @escaping @Sendable (Int) -> [String]
    ) async throws -> EventLoopBound<[LoadClient]> {
        let dialect = try self.parsedDialect()
        let (port, path) = (self.port, self.path)
        return await withCheckedContinuation { continuation in
            loop.execute {
                let opener = ClientOpener(
                    loop: loop,
                    count: count,
                    dialect: dialect,
                    port: port,
                    path: path,
                    scopes: scopes
                )
                opener.start { continuation.resume(returning: EventLoopBound($0, loop: loop)) }
            }
        }
    }
}

/// Opens many clients, a bounded number at a time.
private final class ClientOpener {
    private let loop: EventLoop
    private let count: Int
    private let dialect: Dialect
    private let port: Int
    private let path: String
    private let scopes: (Int) -> [String]
    private var started = 0
    private var clients: [LoadClient] = []
    private var done: (([LoadClient]) -> Void)?

    init(
        loop: EventLoop,
        count: Int,
        dialect: Dialect,
        port: Int,
        path: String,
        scopes: @escaping (Int) -> [String]
    ) {
        self.loop = loop
        self.count = count
        self.dialect = dialect
        self.port = port
        self.path = path
        self.scopes = scopes
    }

    func start(_ done: @escaping ([LoadClient]) -> Void) {
        self.done = done
        guard self.count > 0 else { return done([]) }
        for _ in 0..<min(100, self.count) { self.openNext() }
    }

    private func openNext() {
        guard self.started < self.count else { return }
        let index = self.started
        self.started += 1
        TCPStream.connect(loop: self.loop, host: "127.0.0.1", port: self.port, timeout: .seconds(10)) { result in
            guard case .success(let stream) = result else { fatalError("cannot connect: \(result)") }
            _ = LoadClient(stream: stream, dialect: self.dialect, path: self.path, scopes: self.scopes(index)) {
                client in
                self.clients.append(client)
                self.openNext()
                if self.clients.count == self.count {
                    self.done?(self.clients)
                    self.done = nil
                }
            }
        }
    }
}
