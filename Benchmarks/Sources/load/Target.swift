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

    @Option(help: "websockets, sse or longpolling; messages are published over WebSockets in any case.")
    var transport = Transport.websockets

    @Option(help: "The path of the hub.")
    var path = "/hubs/chat"

    var process: ServerProcess { ServerProcess(pid: self.pid) }

    func parsedDialect() throws -> Dialect {
        guard let dialect = Dialect(rawValue: self.dialect) else { throw ValidationError("unknown dialect") }
        guard self.transport == .websockets || dialect == .signalr else {
            throw ValidationError("only the dialect signalr is spoken over \(self.transport.rawValue)")
        }
        return dialect
    }

    /// Opens `count` clients, of which client `index` joins `scopes(index)`, a hundred at a time, and returns when all are joined.
    ///
    /// They use `transport`, which is the target's if left out.
    func open(
        _ count: Int,
        on loop: EventLoop,
        over transport: Transport? = nil,
        scopes: @escaping @Sendable (Int) -> [String]
    ) async throws -> EventLoopBound<[LoadClient]> {
        let dialect = try self.parsedDialect()
        let (target, transport) = (self, transport ?? self.transport)
        return await withCheckedContinuation { continuation in
            loop.execute {
                let opener = ClientOpener(
                    loop: loop,
                    target: target,
                    dialect: dialect,
                    transport: transport,
                    count: count,
                    scopes: scopes
                )
                opener.start { continuation.resume(returning: EventLoopBound($0, loop: loop)) }
            }
        }
    }
}
