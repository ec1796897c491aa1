internal import ArgumentParser

/// Parses the command line; a mistake in it is one line, like any other mistake in the configuration.
@main
enum Main {
    static func main() async {
        do {
            let command = try ServerCommand.parse()
            try await command.run()
        } catch {
            guard ServerCommand.exitCode(for: error) == .validationFailure else { ServerCommand.exit(withError: error) }
            StandardError.print("chatify-server: \(ServerCommand.message(for: error)); see chatify-server --help")
            ServerCommand.exit(withError: ExitCode.validationFailure)
        }
    }
}
