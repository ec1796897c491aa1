public import ChatifyCore
public import Logging

/// A log and a history in one SQLite file: what a chat server keeps when nothing else is configured.
///
/// One thread writes: everything that waits at one moment is committed together, and answered when the disk has it. Other threads read,
/// each on a connection of its own, without waiting for the writer. A process has a store open once, and only one
/// process at a time has it open for writing.
///
/// Open it, hand ``log`` and ``history`` to whoever needs them, and ``close()`` it at the end.
public final class SQLiteStore: Sendable {
    /// The log.
    public let log: SQLiteEventLog
    /// The history.
    public let history: SQLiteHistoryRepository

    private let threads: StoreThreads

    private init(calls: StoreCalls, threads: StoreThreads) {
        self.log = SQLiteEventLog(calls: calls)
        self.history = SQLiteHistoryRepository(calls: calls)
        self.threads = threads
    }

    deinit { self.threads.beginClosing() }

    /// Opens the file at `path`, making it and its folder if they are not there, and brings it to this version's schema.
    ///
    /// - Throws: `ChatError` with code `configuration` and one line that names the file and says what is wrong: in use by another process,
    ///   not a database, written by a newer version, another number of partitions, not writable, damaged.
    public static func open(
        path: String,
        configuration: SQLiteConfiguration = SQLiteConfiguration(),
        clock: ChatClock = .system,
        logger: Logger
    ) async throws(ChatError) -> SQLiteStore {
        let threads = StoreThreads(file: StoreFile(path: path), configuration: configuration)
        let log = try await threads.startWriter(clock: clock, logger: logger)
        threads.startReaders()
        let isDurable = configuration.synchronous == .full
        return SQLiteStore(
            calls: StoreCalls(
                log: log,
                writes: threads.writes,
                reads: threads.reads,
                clock: clock,
                isDurable: isDurable
            ),
            threads: threads
        )
    }

    /// The database at `path` and the files that SQLite and the store keep beside it.
    package static func files(of path: String) -> [String] { ["", "-wal", "-shm", "-lock"].map { path + $0 } }

    /// Finds out whether messages can be stored; if the last attempt failed, by storing something larger than a message.
    ///
    /// A file that was found damaged fails until it is opened anew.
    /// - Throws: `ChatError` with code `unavailable`, and the reason in words.
    public func checkWriting() async throws(ChatError) {
        try self.threads.damage.check()
        _ = try await self.log.calls.write(.probe)
    }

    /// Finds out whether the file can be read, and was never found damaged.
    /// - Throws: `ChatError` with code `unavailable`, and the reason in words.
    public func checkReading() async throws(ChatError) {
        try self.threads.damage.check()
        _ = try await self.history.calls.read(.check)
    }

    /// Stores what was handed in, refuses anything further, ends the threads and gives the file free.
    ///
    /// Idempotent.
    public func close() async {
        self.log.calls.log.close()
        await self.threads.close()
    }
}
