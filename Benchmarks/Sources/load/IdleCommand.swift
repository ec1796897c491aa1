import ArgumentParser
import ChatifyEventLoop

/// Connections that are joined to a scope and say nothing.
struct IdleCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "idle", abstract: "Memory of idle connections.")

    @OptionGroup var target: Target
    @Option(help: "Connections.") var connections = 9000
    @Option(help: "Scopes they are spread over.") var scopes = 100

    func run() async throws {
        let loop = try EventLoop(name: "load")
        let scopeCount = self.scopes
        // A first few, so that what a server allocates once does not count.
        _ = try await self.target.open(100, on: loop) { ["idle\($0 % scopeCount)"] }
        let before = self.target.process.residentBytes
        let clients = try await self.target.open(self.connections, on: loop) { ["idle\($0 % scopeCount)"] }
        try await Task.sleep(for: .seconds(2))
        let after = self.target.process.residentBytes
        print("connections=\(self.connections) server-bytes-per-connection=\((after - before) / self.connections)")
        await loop.run { for client in clients.value { client.close() } }
        await loop.shutdown()
    }
}
