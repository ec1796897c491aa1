import ArgumentParser

@main
struct Storage: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "storage",
        abstract: "Measures the embedded store, in this process.",
        subcommands: [FillCommand.self, SendsCommand.self, PagesCommand.self, OpenCommand.self]
    )
}
