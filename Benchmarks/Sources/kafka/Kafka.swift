import ArgumentParser

@main
struct Kafka: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "kafka",
        abstract: "Measures the Kafka adapter against a cluster, in this process.",
        subcommands: [SendsCommand.self, LatencyCommand.self, ReadCommand.self]
    )
}
