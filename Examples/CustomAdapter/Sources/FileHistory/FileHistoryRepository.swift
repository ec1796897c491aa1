public import ChatifyCore
internal import Dispatch
internal import Synchronization

/// A history in one append-only file.
///
/// Every message is a line that is on the disk before the append is answered. Where the lines are is kept in memory: about a hundred bytes for each
/// message. One process at a time has the file open.
public final class FileHistoryRepository: ChatHistoryRepository {
    private let store: Mutex<FileStore>
    /// Writing to a disk blocks; here it blocks no thread that tasks run on.
    private let queue = DispatchQueue(label: "file-history")

    /// Opens the file at `path`, making it if it is not there, and cuts off a last line that a crash has torn.
    ///
    /// - Throws: `ChatError` with code `configuration` if the file is in use, out of reach, or damaged in its midst.
    public convenience init(path: String) throws(ChatError) {
        try self.init(path: path, sync: AppendOnlyFile.sync)
    }

    init(path: String, sync: @escaping AppendOnlyFile.Sync) throws(ChatError) {
        self.store = Mutex(try FileStore.open(path: path, sync: sync))
    }

    /// Durable, and not shared: one process has the file.
    public var guarantees: HistoryGuarantees { HistoryGuarantees(isDurable: true, isShared: false) }

    /// Stores `event`; returns when the disk has it.
    ///
    /// Ends early only if the task is cancelled before it begins: a line that was begun is finished.
    /// - Throws: `ChatError` with code `unavailable` if the disk fails. Nothing is stored then until the file is opened anew.
    public func append(_ event: ChatEvent, at position: LogPosition?) async throws(ChatError) -> AppendOutcome {
        guard !Task.isCancelled else { throw ChatError(.cancelled, "Storing was cancelled.") }
        return try await self.onQueue { (store) throws(ChatError) in
            try store.append(HistoryMessage(event: event, position: position))
        }
    }

    /// Returns one page.
    ///
    /// - Throws: `ChatError` with code `validation` for a limit out of range, `unavailable` if the file cannot be read.
    public func messages(_ query: HistoryQuery) async throws(ChatError) -> HistoryPage {
        guard HistoryQuery.allowedLimits.contains(query.limit) else {
            throw ChatError(.validation, "limit must be \(HistoryQuery.allowedLimits).")
        }
        return try await self.onQueue { (store) throws(ChatError) in try store.page(query) }
    }

    private func onQueue<Value: Sendable>(
        _ body: @escaping @Sendable (inout FileStore) throws(ChatError) -> Value
    ) async throws(ChatError) -> Value {
        let result: Result<Value, ChatError> = await withCheckedContinuation { continuation in
            self.queue.async {
                let result: Result<Value, ChatError> = self.store.withLock { store in
                    do throws(ChatError) { return .success(try body(&store)) } catch { return .failure(error) }
                }
                continuation.resume(returning: result)
            }
        }
        return try result.get()
    }
}
