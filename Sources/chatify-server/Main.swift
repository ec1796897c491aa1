internal import ArgumentParser

/// Parses the command line; a mistake in it is one line, like any other mistake in the configuration.
@main
enum Main {
    static func main() async {
        do {
            var command = try ServerCommand.parseAsRoot()
            guard var asynchronous = command as? any AsyncParsableCommand else { return try command.run() }
            try await asynchronous.run()
        } catch {
            guard ServerCommand.exitCode(for: error) == .validationFailure else { ServerCommand.exit(withError: error) }
            StandardError.print("chatify-server: \(ServerCommand.message(for: error)); see chatify-server --help")
            ServerCommand.exit(withError: ExitCode.validationFailure)
        }
    }
}
