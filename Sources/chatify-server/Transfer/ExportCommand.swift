internal import ArgumentParser
internal import ChatifyCore
internal import ChatifySQLite
internal import ChatifyServer
internal import ChatifyTransfer

/// `chatify-server export`: writes the history as text.
struct ExportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write the history as newline-delimited JSON, one message a line.",
        discussion: "A server may be running on the database meanwhile."
    )

    @Argument(help: ArgumentHelp("The file to write (default: the standard output).", valueName: "file"))
    var path: String?

    @OptionGroup var storage: StorageOptions

    @MainActor func run() async throws {
        try await Transfer.run {
            let database = try Transfer.configuration(self.storage).storage.effectiveDatabasePath
            let reader = try await SQLiteHistoryReader.open(path: database)
            let stop = StopRequest.onSignals()
            let output = try OutputFile(path: self.path, sparing: SQLiteStore.files(of: database), stop: stop)
            let progress = Transfer.makeProgress(isHidden: output.isTerminal)
            var export = HistoryExport(reader, stop: stop) { progress.update(messages: $0, fraction: $1) }
            var failure: TransferError?
            do throws(TransferError) { try await export.run(to: output) } catch { failure = error }
            await reader.close()
            let count = "\(counted(export.messages, "message")) of \(counted(export.scopes, "scope"))"
            try Transfer.finish(failure, "exported \(count) to \(output.name)", progress)
        }
    }
}

extension SQLiteHistoryReader: HistorySource {}
