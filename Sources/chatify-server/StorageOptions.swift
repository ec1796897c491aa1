internal import ArgumentParser
internal import ChatifyServer

/// The options of those that use the database: whose settings, and which database.
struct StorageOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Where messages are kept (default ./chatify-data).", valueName: "directory"))
    var dataDir: String?

    @OptionGroup var source: SettingsOptions

    /// All settings but those of other flags, from the weakest source to the strongest.
    /// - Throws: `ConfigurationError`, or an `ExitCode` after a report.
    func settings() throws -> [Setting] {
        var settings = try self.source.settings()
        if let directory = self.dataDir {
            settings.append(Setting(key: "Chatify:Server:DataDirectory", value: directory, origin: "flag --data-dir"))
        }
        return settings
    }
}
