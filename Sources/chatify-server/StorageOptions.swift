internal import ArgumentParser
internal import ChatifyServer

/// The options that the server and its subcommands share: whose settings, and which database.
struct StorageOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Where messages are kept (default ./chatify-data).", valueName: "directory"))
    var dataDir: String?

    @Option(help: ArgumentHelp("A JSON file with settings.", valueName: "file"))
    var config: String?

    /// All settings but those of other flags, from the weakest source to the strongest.
    /// - Throws: `ConfigurationError`, or an `ExitCode` after a report.
    func settings() throws -> [Setting] {
        var settings: [Setting] = []
        if let config = self.config {
            settings += try Setting.json(try FileContents.read(config), file: config)
        }
        settings += Setting.environment(ProcessEnvironment.variables)
        if let directory = self.dataDir {
            settings.append(Setting(key: "Chatify:Server:DataDirectory", value: directory, origin: "flag --data-dir"))
        }
        return settings
    }
}
