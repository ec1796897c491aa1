internal import ChatifyCore
internal import ChatifyTransfer
internal import Foundation

/// A folder for one test's files, gone with the test.
final class TemporaryFiles: Sendable {
    let name = "chatify-\(UUID().uuidString)"

    init() {
        try? FileManager.default.createDirectory(atPath: self.folder, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: self.folder) }

    private var folder: String { NSTemporaryDirectory() + self.name }

    func path(_ file: String) -> String { self.folder + "/" + file }

    func write(_ text: String, to file: String) throws {
        try text.write(toFile: self.path(file), atomically: true, encoding: .utf8)
    }

    /// The text of a file; empty if there is none.
    func text(_ file: String) -> String { (try? String(contentsOfFile: self.path(file), encoding: .utf8)) ?? "" }

    func export(
        _ history: any HistorySource,
        to file: String,
        stop: StopRequest = StopRequest(),
        report: @escaping (Int, Double) -> Void = { _, _ in }
    ) async throws -> HistoryExport {
        var transfer = HistoryExport(history, stop: stop, report: report)
        try await transfer.run(to: try OutputFile(path: self.path(file), sparing: [], stop: stop))
        return transfer
    }

    func importing(
        _ file: String,
        into history: any ChatHistoryRepository,
        stop: StopRequest = StopRequest()
    ) async throws -> HistoryImport {
        var transfer = HistoryImport(into: history, policy: ChatPolicy()) { _, _ in }
        try await transfer.run(from: try InputFile(path: self.path(file), stop: stop))
        return transfer
    }
}

/// The event of that number: different numbers, different ids.
func event(
    _ number: UInt64,
    in scope: String = "general",
    at time: Int64 = 1_700_000_000_000,
    text: String = "Hello"
) throws -> ChatEvent {
    ChatEvent(
        messageID: MessageID(high: 7, low: number),
        scope: .channel(try ScopeID(scope)),
        senderID: try UserID("alice"),
        text: text,
        createdAt: Timestamp(millisecondsSinceEpoch: time),
        originPodID: try PodID("pod-1")
    )
}
