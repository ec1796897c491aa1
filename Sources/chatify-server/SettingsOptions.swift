internal import ArgumentParser
internal import ChatifyServer

/// The options that the server and all subcommands share: whose settings.
struct SettingsOptions: ParsableArguments {
    @Option(help: ArgumentHelp("A JSON file with settings.", valueName: "file"))
    var config: String?

    /// The settings of the file and of the environment, the weaker source first.
    /// - Throws: `ConfigurationError`, or an `ExitCode` after a report.
    func settings() throws -> [Setting] {
        var settings: [Setting] = []
        if let config = self.config {
            settings += try Setting.json(try FileContents.read(config, option: "--config"), file: config)
        }
        return settings + Setting.environment(ProcessEnvironment.variables)
    }
}
