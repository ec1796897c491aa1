import ArgumentParser
import ChatifyCore
import ChatifyKafka
import Logging

/// Which log.
struct LogOptions: ParsableArguments {
    @Option(help: "host:port of a broker.") var servers: String
    @Option(help: "The topic; its partitions have to be as many as are said.") var topic = "chat-events"
    @Option(help: "The topic's partitions.") var partitions: Int32 = 3
    @Option(help: "How long a record waits for others, in milliseconds.") var linger = 5
    @Option(help: "How long a broker waits for records when there are none, in milliseconds.") var fetchWait = 100

    func open() async throws -> KafkaLog {
        var configuration = KafkaClientConfiguration(bootstrapServers: self.servers)
        configuration.topic = self.topic
        configuration.partitions = self.partitions
        configuration.linger = .milliseconds(self.linger)
        configuration.properties["fetch.wait.max.ms"] = "\(self.fetchWait)"
        var logger = Logger(label: "kafka")
        logger.logLevel = .critical
        return try await KafkaLog.open(configuration, logger: logger)
    }
}

/// Makes events of about 128 characters of text in a hundred scopes; what they are made of is there before anything is measured.
enum Events {
    private static let text = String(repeating: "All work and no play. ", count: 6)
    private static let scopes = (0..<100).map { ChatScope.channel(ScopeID(unchecked: "scope-\($0)")) }
    private static let users = (0..<1000).map { UserID(unchecked: "user-\($0)") }
    private static let pod = PodID(unchecked: "chat-api-7d9f4c5b6d-abc12")
    private static let begin = ChatClock.system.now()

    /// The event of that number.
    static func make(_ number: Int) -> ChatEvent {
        ChatEvent(
            messageID: MessageID(high: 0x7000, low: 0x8000_0000_0000_0000 | UInt64(number)),
            scope: self.scopes[number % self.scopes.count],
            senderID: self.users[number % self.users.count],
            text: self.text,
            createdAt: self.begin,
            originPodID: self.pod
        )
    }
}

extension Duration {
    /// The duration in seconds.
    var inSeconds: Double {
        Double(self.components.seconds) + Double(self.components.attoseconds) / 1e18
    }
}
