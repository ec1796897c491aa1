internal import ArgumentParser
internal import ChatifyCore
internal import ChatifyServer
internal import Logging
internal import Metrics

/// The command line of `chatify-server`.
struct ServerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "chatify-server",
        abstract: "A chat server that stock SignalR clients talk to.",
        usage: """
            chatify-server [<options>]
            chatify-server export|import [<file>] [<options>]
            chatify-server dlq list|requeue [<options>]
            """,
        discussion: """
            Settings come from a JSON file (--config), are overridden by environment variables such as \
            Chatify__Server__Port=8080, and those by the flags below.
            """,
        version: "chatify-server \(version)",
        subcommands: [ExportCommand.self, ImportCommand.self, DeadLetterCommand.self]
    )

    static let version = "0.1.0"

    @Option(help: "The address to listen on (default 127.0.0.1).")
    var host: String?

    @Option(parsing: .unconditional, help: "The port to listen on; 0 picks a free one (default 8080).")
    var port: String?

    @Option(parsing: .unconditional, help: "The event loops; 0 for one per core (default 0).")
    var loops: String?

    @OptionGroup var storage: StorageOptions

    @Option(help: "trace, debug, info, notice, warning, error or critical (default info).")
    var logLevel: String?

    @Flag(help: "Keep everything in memory: messages are lost when the server stops.")
    var inMemory = false

    @Flag(help: "Serve a page for browsers to chat with, at /demo/.")
    var demo = false

    @Flag(help: "Check the configuration and exit.")
    var checkConfig = false

    func run() async throws {
        do {
            let (configuration, logger) = try self.load()
            let environment = ProcessEnvironment.variables
            if self.checkConfig {
                _ = try EnvironmentPodIdentity(environment: environment)
                _ = try configuration.redis()
                print("The configuration is valid.")
                return
            }
            // Before anything is made that counts.
            let registry = PrometheusRegistry()
            MetricsSystem.bootstrap(registry)
            let adapters = try await ChatAdapters.make(configuration, environment: environment, logger: logger)
            try await self.serve(configuration, adapters, registry, logger)
        } catch let error as ConfigurationError {
            throw Failure.report("\(error)")
        } catch let error as ChatError {
            throw Failure.report(error.message)
        } catch let error as ServerStartError {
            throw Failure.report("\(error)")
        }
    }

    /// Reads all settings, from the weakest source to the strongest.
    private func load() throws -> (ServerConfiguration, Logger) {
        let settings = try self.storage.settings()
        let logger = try self.makeLogger()
        let (configuration, warnings) = try ServerConfiguration.load(settings + self.flags)
        for warning in warnings { logger.warning("\(warning)") }
        return (configuration, logger)
    }

    private var flags: [Setting] {
        let given = [
            ("Chatify:Server:Host", self.host, "--host"), ("Chatify:Server:Port", self.port, "--port"),
            ("Chatify:Server:Loops", self.loops, "--loops"),
            ("Chatify:Server:InMemory", self.inMemory ? "true" : nil, "--in-memory"),
        ]
        return given.compactMap { key, value, flag in
            value.map { Setting(key: key, value: $0, origin: "flag \(flag)") }
        }
    }

    private func makeLogger() throws -> Logger {
        var logger = Logger(label: "chatify", factory: { StreamLogHandler.standardError(label: $0) })
        if let text = self.logLevel {
            guard let level = Logger.Level(rawValue: text.lowercased()) else {
                let allowed = Logger.Level.allCases.map(\.rawValue).joined(separator: ", ")
                throw Failure.report("--log-level=\"\(text)\": must be one of \(allowed)")
            }
            logger.logLevel = level
        }
        return logger
    }

    private func serve(
        _ configuration: ServerConfiguration,
        _ adapters: ChatAdapters,
        _ registry: PrometheusRegistry,
        _ logger: Logger
    ) async throws {
        let site = self.demo ? StaticSite.demo : nil
        let server = ChatServer(
            configuration: configuration,
            adapters: adapters,
            site: site,
            logger: logger,
            prometheus: registry
        )
        Gauge(label: "chatify_build_info", dimensions: [("version", Self.version)]).record(1)
        logger.warning("Development mode: clients are whoever they say they are; do not expose this server")
        logger.notice("\(configuration.placeOfMessages)")
        try await server.run(stoppingOnSignals: true) { port in
            let host = configuration.server.host
            let origin = "http://\(host.contains(":") ? "[\(host)]" : host):\(port)"
            print("chatify-server listening on \(origin)")
            if let site { print("Open \(origin)\(site.prefix) in a browser to chat") }
            StandardOutput.flush()
        }
    }
}

extension ServerConfiguration {
    /// Where messages are, in a sentence for whoever starts the server.
    fileprivate var placeOfMessages: String {
        if self.usesKafka {
            let history = self.isInMemory ? "memory" : self.storage.effectiveDatabasePath
            return "The log is the Kafka topic \(self.broker.topic); the history is in \(history)"
        }
        if self.isInMemory { return "In memory: messages are lost when the server stops" }
        let path = self.storage.effectiveDatabasePath
        return self.usesInMemoryBroker
            ? "History in \(path); the log in memory: a message is lost if the server is killed before it is stored"
            : "Messages are kept in \(path)"
    }
}
