internal import ChatifyCore

/// The file, and where each message is in it.
struct FileStore: ~Copyable, Sendable {
    private var file: AppendOnlyFile
    private var index = MessageIndex()

    private init(_ file: consuming AppendOnlyFile) { self.file = file }

    /// Opens the file and learns what is in it.
    static func open(path: String, sync: @escaping AppendOnlyFile.Sync) throws(ChatError) -> FileStore {
        var store = FileStore(try AppendOnlyFile.open(path: path, sync: sync))
        try store.recover()
        return store
    }

    /// Stores a message that is not there yet.
    mutating func append(_ message: HistoryMessage) throws(ChatError) -> AppendOutcome {
        guard !self.index.contains(message.event) else { return .alreadyStored }
        let place = try self.file.append(MessageLine.encode(message))
        // Found from now on, and not before: the disk has it.
        self.index.insert(message.event, at: place)
        return .stored
    }

    func page(_ query: HistoryQuery) throws(ChatError) -> HistoryPage {
        let (entries, hasMore) = self.index.page(query)
        var messages: [HistoryMessage] = []
        for entry in entries {
            guard let message = MessageLine.decode(try self.file.read(entry.place)) else {
                throw ChatError(.unavailable, "The file is damaged at byte \(entry.place.lowerBound).")
            }
            messages.append(message)
        }
        return HistoryPage(messages: messages, nextCursor: hasMore ? entries.last?.cursor : nil)
    }

    /// Learns what is in the file.
    ///
    /// Only its last line may be torn, as each is on the disk before the next is begun.
    private mutating func recover() throws(ChatError) {
        let bytes = try self.file.read(0..<self.file.count)
        var start = 0
        while start < bytes.count {
            let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? bytes.count
            guard let message = MessageLine.decode(Array(bytes[start..<end])) else {
                guard end == bytes.count else {
                    throw ChatError(.configuration, "The file is damaged at byte \(start).")
                }
                return try self.file.truncate(to: start)
            }
            self.index.insert(message.event, at: start..<end)
            start = end
        }
    }
}
