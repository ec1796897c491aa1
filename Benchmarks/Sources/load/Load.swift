import ArgumentParser

@main
struct Load: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "load",
        abstract: "Puts load on a running chat server on this machine and measures it.",
        subcommands: [FanoutCommand.self, InvokeCommand.self, IdleCommand.self, ResumeCommand.self]
    )
}
