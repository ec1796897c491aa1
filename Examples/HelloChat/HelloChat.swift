// A whole chat in memory: compose the core, receive, send, read the history.
import ChatifyCore
import Logging

@main
struct HelloChat {
    static func main() async throws {
        let logger = Logger(label: "hello-chat")
        let log = InMemoryEventLog()
        let history = InMemoryHistoryRepository()
        let chat = ChatService(
            producer: log,
            history: history,
            limiter: InMemoryRateLimiter(clock: .system),
            authorizer: ParticipantScopeAuthorizer(),
            podIdentity: try EnvironmentPodIdentity(environment: ["POD_NAME": "hello"]),
            logger: logger
        )

        // Live delivery and the history read the same log, each as a group of its own.
        let live = LivePrinter()
        let broadcast = BroadcastService(
            consumer: log.makeConsumer(group: "live", startingAt: .end, commits: .automatic),
            subscriber: live,
            logger: logger
        )
        let writer = HistoryWriter(
            consumer: log.makeConsumer(group: "history", startingAt: .beginning, commits: .manual),
            repository: history,
            deadLetters: InMemoryDeadLetterSink(),
            logger: logger
        )

        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await broadcast.run() }
            group.addTask { await writer.run() }

            let general = ChatScope.channel(try ScopeID("general"))
            let alice = try UserID("alice")
            for text in ["Hello", "Is anybody there?"] {
                _ = try await chat.send(MessageDraft(scope: general, text: text), from: alice)
            }
            var page = try await chat.messages(HistoryQuery(scope: general), for: alice)
            while page.messages.count < 2 {
                await Task.yield()
                page = try await chat.messages(HistoryQuery(scope: general), for: alice)
            }
            for message in page.messages { print("history:", message.event.senderID, "said", message.event.text) }
            group.cancelAll()
        }
    }
}

struct LivePrinter: ChatEventSubscriber {
    func receive(_ events: [EnrichedChatEvent]) async {
        for event in events { print("live:   ", event.event.senderID, "says", event.event.text) }
    }
}
