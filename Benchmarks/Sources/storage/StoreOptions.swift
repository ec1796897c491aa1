import ArgumentParser
import ChatifyCore
import ChatifySQLite
import Logging

/// Which file, and whose.
struct StoreOptions: ParsableArguments {
    @Option(help: "The database file.") var path: String
    @Option(help: "Scopes that messages are spread over.") var scopes = 1000
    @Option(help: "FULL or NORMAL.") var synchronous = "FULL"

    func open() async throws -> SQLiteStore {
        var configuration = SQLiteConfiguration()
        configuration.synchronous = self.synchronous == "NORMAL" ? .normal : .full
        var logger = Logger(label: "storage")
        logger.logLevel = .warning
        return try await SQLiteStore.open(path: self.path, configuration: configuration, logger: logger)
    }

    func scope(_ number: Int) -> ChatScope {
        .channel(ScopeID(unchecked: "scope-\(number % self.scopes)"))
    }
}

/// Makes messages as a chat has them: each with an id that rises, about 128 characters of text.
struct MessageSource {
    private let options: StoreOptions
    private let text = String(repeating: "All work and no play. ", count: 6).prefix(128)
    private var last = Int64(0)
    private var counter = UInt64(0)

    init(_ options: StoreOptions) { self.options = options }

    mutating func next(in number: Int) -> ChatEvent {
        let now = ChatClock.system.now()
        self.counter = now.millisecondsSinceEpoch > self.last ? 0 : self.counter + 1
        self.last = max(self.last, now.millisecondsSinceEpoch)
        return ChatEvent(
            messageID: MessageID(high: UInt64(self.last) << 16 | 0x7000, low: self.counter << 40 | UInt64(number)),
            scope: self.options.scope(number),
            senderID: UserID(unchecked: "user-\(number % 10_000)"),
            text: String(self.text),
            createdAt: Timestamp(millisecondsSinceEpoch: self.last),
            originPodID: PodID(unchecked: "chat-api-7d9f4c5b6d-abc12")
        )
    }
}

extension Duration {
    /// The duration in seconds.
    var inSeconds: Double {
        Double(self.components.seconds) + Double(self.components.attoseconds) / 1e18
    }
}
