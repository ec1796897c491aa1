public import ChatifyCore

/// Reads the history in an SQLite file, also while a server has that file open for writing.
///
/// It cannot write: it takes no lock, neither makes nor changes a database, and never blocks the writer. SQLite itself may put its `-wal` and `-shm` files
/// beside a database that nobody has open. ``close()`` it at the end.
public final class SQLiteHistoryReader: Sendable {
    private let threads: StoreThreads

    private init(threads: StoreThreads) { self.threads = threads }

    deinit { self.threads.beginClosing() }

    /// Opens the file at `path`, which has to be there.
    ///
    /// - Throws: `ChatError` with code `configuration` and one line that names the file and says what is wrong: not there, not readable,
    ///   not a database, another program's, written by a newer version, or by an older one.
    public static func open(path: String) async throws(ChatError) -> SQLiteHistoryReader {
        var configuration = SQLiteConfiguration()
        configuration.readers = 1
        let threads = StoreThreads(file: StoreFile(path: path), configuration: configuration)
        try await threads.checkFile()
        threads.startReaders()
        return SQLiteHistoryReader(threads: threads)
    }

    /// Returns one page of a scope, with everything that was committed before this call began.
    /// - Throws: `ChatError` with code `validation` for a limit outside `HistoryQuery.allowedLimits`, `unavailable` if the
    ///   file cannot be read.
    public func messages(_ query: HistoryQuery) async throws(ChatError) -> HistoryPage {
        try await self.history.messages(query)
    }

    /// Returns one page of the scopes, as ``SQLiteHistoryRepository/scopes(after:limit:)`` does.
    public func scopes(after scope: ChatScope?, limit: Int) async throws(ChatError) -> [ChatScope] {
        try await self.history.scopes(after: scope, limit: limit)
    }

    /// Counts the scopes, which takes time in proportion to their number.
    /// - Throws: `ChatError` with code `unavailable` if the file cannot be read.
    public func scopeCount() async throws(ChatError) -> Int { try await self.history.scopeCount() }

    /// Ends the threads and gives the file free; idempotent.
    public func close() async { await self.threads.close() }

    private var history: HistoryReads { HistoryReads(queue: self.threads.reads) }
}
