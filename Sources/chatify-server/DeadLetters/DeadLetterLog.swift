internal import ChatifyCore
internal import ChatifyKafka
internal import ChatifyServer
internal import Logging

/// The log as the subcommands of `dlq` use it.
enum DeadLetterLog {
    /// Opens the log, runs the body and closes it; reports a failure in one line.
    static func run(_ options: SettingsOptions, _ body: (KafkaLog) async throws(ChatError) -> Void) async throws {
        do {
            let (configuration, warnings) = try ServerConfiguration.load(try options.settings())
            for warning in warnings { StandardError.print("chatify-server: \(warning)") }
            let log = try await self.open(configuration)
            do throws(ChatError) {
                try await body(log)
                await log.close(within: .zero)
            } catch {
                await log.close(within: .zero)
                throw error
            }
        } catch let error as ConfigurationError {
            throw Failure.report("\(error)")
        } catch let error as ChatError {
            throw Failure.report(error.message)
        }
    }

    private static func open(_ configuration: ServerConfiguration) async throws(ChatError) -> KafkaLog {
        guard configuration.usesKafka else {
            throw ChatError(
                .configuration,
                "Chatify:MessageBroker:BootstrapServers is not set: dead letters are kept in Kafka."
            )
        }
        var settings = KafkaClientConfiguration(configuration)
        settings.createsTopics = false
        // A failure is said in one line.
        let logger = Logger(label: "chatify", factory: { _ in SwiftLogNoOpLogHandler() })
        return try await KafkaLog.open(settings, logger: logger)
    }
}
