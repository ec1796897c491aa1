import Logging
import Metrics
import MetricsTestKit
import Testing

@testable import ChatifyCore

@Suite("What ChatService counts")
struct SendMetricsTests {
    private let metrics = TestMetrics()

    private func makeService(
        authorizer: any ScopeAuthorizer = ParticipantScopeAuthorizer(),
        threshold: Int = 0
    ) throws -> ChatService {
        var configuration = ChatServiceConfiguration()
        configuration.sendThreshold = threshold
        let pod = try EnvironmentPodIdentity(environment: ["POD_NAME": "pod-0"])
        return withMetricsFactory(self.metrics) {
            ChatService(
                producer: InMemoryEventLog(),
                history: InMemoryHistoryRepository(),
                limiter: InMemoryRateLimiter(clock: .system),
                authorizer: authorizer,
                podIdentity: pod,
                configuration: configuration,
                logger: Logger(label: "test")
            )
        }
    }

    private func send(_ text: String, to scope: ChatScope, through service: ChatService) async {
        _ = try? await service.send(MessageDraft(scope: scope, text: text), from: UserID(unchecked: "alice"))
    }

    private func sends(_ code: String) -> Int64 {
        self.metrics.counterTotal(label: "chatify_sends_total", dimensions: [("code", code)])
    }

    @Test("each send once, by the code of its answer")
    func codes() async throws {
        let service = try self.makeService(threshold: 2)
        let room = ChatScope.channel(ScopeID(unchecked: "room"))
        for text in ["a", "b", "over", "over", "over"] { await self.send(text, to: room, through: service) }
        await self.send(String(repeating: "x", count: 5000), to: room, through: service)
        await self.send("psst", to: .directMessage(ScopeID(unchecked: "bob-carol")), through: service)
        #expect(["OK", "RATE_LIMIT_EXCEEDED", "VALIDATION_ERROR", "FORBIDDEN"].map(self.sends) == [2, 3, 1, 1])
        #expect(self.metrics.counterTotal(label: "chat_messages_ingested_total") == 2)
        #expect(self.metrics.counterTotal(label: "chatify_rate_limited_sends_total") == 3)
        #expect(try self.metrics.expectTimer("chatify_produce_seconds").values.count == 2)
    }

    @Test("codes that adapters make up, together")
    func otherCodes() async throws {
        let service = try self.makeService(authorizer: OddAuthorizer())
        for id in ["a", "b"] {
            await self.send("x", to: .channel(ScopeID(unchecked: id)), through: service)
        }
        #expect(self.sends("OTHER") == 2)
        #expect(self.metrics.counters(label: "chatify_sends_total").count == 10)
    }
}

/// Fails with another code each time.
private struct OddAuthorizer: ScopeAuthorizer {
    func isAllowed(_ action: ScopeAction, by user: UserID, in scope: ChatScope) async throws(ChatError) -> Bool {
        throw ChatError(ChatError.Code("ODD_\(scope.id)"), "odd")
    }
}
