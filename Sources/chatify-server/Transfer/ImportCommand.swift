internal import ArgumentParser
internal import ChatifyCore
internal import ChatifySQLite
internal import ChatifyServer
internal import ChatifyTransfer
internal import Logging

/// `chatify-server import`: stores what `export` has written.
struct ImportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Store messages from newline-delimited JSON, as export writes it, in the history.",
        discussion: """
            No server may be running on the database. Messages that are there already are left as they are, so that an \
            import may be repeated.
            """
    )

    @Argument(help: ArgumentHelp("The file to read (default: the standard input).", valueName: "file"))
    var path: String?

    @OptionGroup var storage: StorageOptions

    @MainActor func run() async throws {
        try await Transfer.run {
            let configuration = try Transfer.configuration(self.storage)
            let stop = StopRequest.onSignals()
            let input = try InputFile(path: self.path, stop: stop)
            let store = try await Self.open(configuration)
            let progress = Transfer.makeProgress()
            var history = HistoryImport(into: store.history, policy: configuration.chat.policy) { messages, bytes in
                let fraction = input.size.map { Double(bytes) / Double(max($0, 1)) }
                progress.update(messages: messages, fraction: fraction)
            }
            var failure: TransferError?
            do throws(TransferError) { try await history.run(from: input) } catch { failure = error }
            await store.close()
            let count = "\(counted(history.stored, "message")) (\(history.alreadyStored) already there)"
            try Transfer.finish(failure, "stored \(count) from \(input.name)", progress)
        }
    }

    /// Opens the database to add to it; what may be dropped is for the server to decide.
    private static func open(_ configuration: ServerConfiguration) async throws(ChatError) -> SQLiteStore {
        var settings = SQLiteConfiguration()
        settings.partitions = configuration.partitions
        settings.takesAnyPartitions = configuration.broker.bootstrapServers != nil
        settings.synchronous = configuration.storage.isFullySynchronous ? .full : .normal
        settings.retention = .keepingEverything
        // A failure ends the import, whose last line says it.
        let logger = Logger(label: "chatify", factory: { _ in SwiftLogNoOpLogHandler() })
        return try await SQLiteStore.open(
            path: configuration.storage.effectiveDatabasePath,
            configuration: settings,
            logger: logger
        )
    }
}
