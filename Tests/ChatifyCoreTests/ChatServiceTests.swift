import Logging
import TestSupport
import Testing

@testable import ChatifyCore

@Suite("ChatService.send")
struct ChatServiceTests {
    let log = InMemoryEventLog()
    let general = ChatScope.channel(ScopeID(unchecked: "general"))
    let alice = UserID(unchecked: "alice")

    func makeService(
        producer: (any ChatEventProducer)? = nil,
        limiter: any RateLimiter = FixedLimiter(),
        configuration: ChatServiceConfiguration = ChatServiceConfiguration(),
        authorizer: any ScopeAuthorizer = FixedAuthorizer(answer: true),
        logger: Logger = Logger(label: "test")
    ) -> ChatService {
        ChatService(
            producer: producer ?? self.log,
            history: EmptyHistory(),
            limiter: limiter,
            authorizer: authorizer,
            podIdentity: FixedPod(),
            configuration: configuration,
            logger: logger
        )
    }

    @Test("stamps the event and answers where the log has it")
    func accepts() async throws {
        let service = self.makeService()
        let first = try await service.send(MessageDraft(scope: self.general, text: ""), from: self.alice)
        let second = try await service.send(MessageDraft(scope: self.general, text: "b"), from: self.alice)
        #expect(first.event.senderID == self.alice)
        #expect(first.event.originPodID == FixedPod().podID)
        #expect(first.event.messageID < second.event.messageID)
        #expect(first.event.createdAt <= second.event.createdAt)
        #expect(first.position.partition == second.position.partition)
        #expect((first.position.offset, second.position.offset) == (0, 1))
    }

    @Test("asks the policy before anything else, and counts UTF-16 code units")
    func validates() async throws {
        let limiter = FixedLimiter()
        let service = self.makeService(limiter: limiter)
        let tooLong = MessageDraft(scope: self.general, text: String(repeating: "a", count: 4097))
        await #expect(throws: ChatError.self) { try await service.send(tooLong, from: self.alice) }
        #expect(limiter.calls.withLock { $0 } == 0)
        let longest = MessageDraft(scope: self.general, text: String(repeating: "🙂", count: 2048))
        _ = try await service.send(longest, from: self.alice)
    }

    @Test("refuses beyond the limit and tells when to try again")
    func limits() async {
        let limiter = FixedLimiter(decision: RateLimitDecision(isAllowed: false, count: 100, resetsAfter: .seconds(7)))
        let error = await self.error(of: self.makeService(limiter: limiter))
        #expect(error?.code == .rateLimitExceeded)
        #expect(error?.retryAfter == .seconds(7))
        #expect(error?.message == "Too many messages: at most 100 per 60 s. Try again in 7 s.")
    }

    @Test("asks no limiter when there is no limit")
    func unlimited() async throws {
        let limiter = FixedLimiter(decision: nil)
        var configuration = ChatServiceConfiguration()
        configuration.sendThreshold = 0
        let service = self.makeService(limiter: limiter, configuration: configuration)
        _ = try await service.send(MessageDraft(scope: self.general, text: "a"), from: self.alice)
        #expect(limiter.calls.withLock { $0 } == 0)
    }

    @Test("fails closed when the limiter is out of reach, open when told so")
    func limiterDown() async throws {
        #expect(await self.error(of: self.makeService(limiter: FixedLimiter(decision: nil)))?.code == .configuration)
        var configuration = ChatServiceConfiguration()
        configuration.failsOpen = true
        let service = self.makeService(limiter: FixedLimiter(decision: nil), configuration: configuration)
        _ = try await service.send(MessageDraft(scope: self.general, text: "a"), from: self.alice)
    }

    @Test("says once that it lets messages through, and once that it counts again")
    func limiterNews() async throws {
        let (log, limiter) = (CapturingLog(), FixedLimiter())
        var configuration = ChatServiceConfiguration()
        configuration.failsOpen = true
        let service = self.makeService(limiter: limiter, configuration: configuration, logger: log.logger)
        for code in [nil, .unavailable, .configuration, .unavailable, nil, nil, .unavailable] as [ChatError.Code?] {
            limiter.failure.withLock { $0 = code }
            for text in ["a", "b"] {
                _ = try await service.send(MessageDraft(scope: self.general, text: text), from: self.alice)
            }
        }
        let (away, back) = ("Limits cannot be checked, messages are let through", "Limits are checked again")
        let alone = "A sender's limit cannot be checked, message let through"
        #expect(log.lines.all.map(\.message) == [away, alone, alone, back, away])
        #expect(log.notices.map(\.message) == [back])
    }

    @Test("refuses who is not allowed, without counting or storing")
    func forbidden() async {
        let limiter = FixedLimiter()
        let service = self.makeService(limiter: limiter, authorizer: FixedAuthorizer(answer: false))
        #expect(await self.error(of: service)?.code == .forbidden)
        #expect(limiter.calls.withLock { $0 } == 0)
    }

    @Test("answers nothing as sent that the log did not acknowledge")
    func logDown() async {
        #expect(await self.error(of: self.makeService(producer: BrokenLog()))?.code == .eventProductionFailed)
    }

    private func error(of service: ChatService) async -> ChatError? {
        do {
            _ = try await service.send(MessageDraft(scope: self.general, text: "a"), from: self.alice)
            return nil
        } catch {
            return error
        }
    }
}

private struct FixedPod: PodIdentity {
    var podID: PodID { PodID(unchecked: "pod-1") }
}

private struct FixedAuthorizer: ScopeAuthorizer {
    let answer: Bool

    func isAllowed(_ action: ScopeAction, by user: UserID, in scope: ChatScope) async throws(ChatError) -> Bool {
        self.answer
    }
}

/// Decides what it was told to; with no decision it is out of reach.
private final class FixedLimiter: RateLimiter {
    let decision: RateLimitDecision?
    let calls = Locked(0)
    let failure = Locked<ChatError.Code?>(nil)

    init(decision: RateLimitDecision? = RateLimitDecision(isAllowed: true, count: 1, resetsAfter: .seconds(60))) {
        self.decision = decision
    }

    func checkAndIncrement(
        _ key: RateLimitKey,
        windows: [RateLimitWindow]
    ) async throws(ChatError) -> RateLimitDecision {
        self.calls.withLock { $0 += 1 }
        if let failure = self.failure.withLock({ $0 }) { throw ChatError(failure, "failing") }
        guard let decision else { throw ChatError(.unavailable, "out of reach") }
        return decision
    }
}

private struct BrokenLog: ChatEventProducer {
    var guarantees: LogGuarantees { LogGuarantees(isDurable: false, isShared: false) }

    func produce(_ event: ChatEvent, headers: RecordHeaders) async throws(ChatError) -> LogPosition {
        throw ChatError(.unavailable, "no broker")
    }
}

private struct EmptyHistory: ChatHistoryRepository {
    var guarantees: HistoryGuarantees { HistoryGuarantees(isDurable: false, isShared: false) }

    func append(_ event: ChatEvent, at position: LogPosition?) async throws(ChatError) -> AppendOutcome { .stored }

    func messages(_ query: HistoryQuery) async throws(ChatError) -> HistoryPage {
        HistoryPage(messages: [], nextCursor: nil)
    }
}
