internal import ArgumentParser
internal import ChatifyCore
internal import ChatifyServer
internal import ChatifyTransfer

/// What export and import have in common: one line for whatever goes wrong, progress, and a summary.
enum Transfer {
    /// Runs a subcommand's body and reports its failure in one line.
    ///
    /// On the main thread, which waits for files: the threads of the pool are for those who store.
    @MainActor static func run(_ body: @MainActor () async throws -> Void) async throws {
        do {
            try await body()
        } catch let error as ConfigurationError {
            throw Failure.report("\(error)")
        } catch let error as ChatError {
            throw Failure.report(error.message)
        } catch let error as TransferError {
            throw Failure.report("\(error)")
        }
    }

    /// Shows progress on the standard error.
    /// - Parameter isHidden: Whether the terminal is needed for something else.
    static func makeProgress(isHidden: Bool = false) -> ProgressPrinter {
        ProgressPrinter(isTerminal: StandardError.isTerminal) { if !isHidden { StandardError.show($0) } }
    }

    /// The settings; those that nobody knows are warned about.
    static func configuration(_ options: StorageOptions) throws -> ServerConfiguration {
        let (configuration, warnings) = try ServerConfiguration.load(try options.settings())
        for warning in warnings { StandardError.print("chatify-server: \(warning)") }
        return configuration
    }

    /// Says how it ended.
    /// - Parameter done: What was done, also when it was not all.
    static func finish(_ error: TransferError?, _ done: String, _ progress: ProgressPrinter) throws {
        progress.clear()
        switch error {
        case nil: StandardError.print("\(done) in \(progress.elapsed.inTenthsOfSeconds)")
        case .stopped:
            StandardError.print("chatify-server: stopped; \(done)")
            throw ExitCode(130)
        case let error?: throw Failure.report("\(error); \(done)")
        }
    }
}
