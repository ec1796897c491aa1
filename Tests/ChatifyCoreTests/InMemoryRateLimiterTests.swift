import ChatifyCore
import ChatifyTestKit
import TestSupport
import Testing

@Suite struct InMemoryRateLimiterTests {
    private let clock = ManualClock()
    private let limiter: InMemoryRateLimiter
    private let key = RateLimitKey(userID: UserID(unchecked: "alice"), endpoint: "SendMessage")

    init() { self.limiter = InMemoryRateLimiter(clock: self.clock.chatClock) }

    private func call(
        _ key: RateLimitKey? = nil,
        threshold: Int = 3,
        window: Int = 60
    ) async throws -> RateLimitDecision {
        try await self.limiter.checkAndIncrement(key ?? self.key, threshold: threshold, window: .seconds(window))
    }

    @Test func countsUpToTheThreshold() async throws {
        for count in 1...3 {
            let expected = RateLimitDecision(isAllowed: true, count: count, resetsAfter: .seconds(60))
            #expect(try await self.call() == expected)
        }
        self.clock.advance(by: .seconds(59))
        #expect(try await self.call() == RateLimitDecision(isAllowed: false, count: 3, resetsAfter: .seconds(1)))
        self.clock.advance(by: .seconds(1))
        #expect(try await self.call() == RateLimitDecision(isAllowed: true, count: 1, resetsAfter: .seconds(60)))
    }

    @Test func aWindowIsNeverExtended() async throws {
        // A steady caller below the threshold is never refused.
        for _ in 0..<500 {
            #expect(try await self.call(threshold: 30, window: 60).isAllowed)
            self.clock.advance(by: .seconds(2))
        }
    }

    @Test func keysAndWindowsAreCountedApart() async throws {
        let others = [
            RateLimitKey(userID: UserID(unchecked: "bob"), endpoint: "SendMessage"),
            RateLimitKey(userID: UserID(unchecked: "alice"), endpoint: "Join"),
        ]
        #expect(try await self.call(threshold: 1).isAllowed)
        #expect(try await self.call(threshold: 1).isAllowed == false)
        for other in others { #expect(try await self.call(other, threshold: 1).isAllowed) }
        #expect(try await self.call(threshold: 1, window: 61).isAllowed)
    }

    @Test(arguments: [
        (0, Duration.seconds(60)), (-1, .seconds(60)), (1, .zero), (1, .milliseconds(999)), (1, .milliseconds(1500)),
        (1, .seconds(-60)),
    ])
    func refusesNonsense(threshold: Int, window: Duration) async {
        let error = await #expect(throws: ChatError.self) {
            try await self.limiter.checkAndIncrement(self.key, threshold: threshold, window: window)
        }
        #expect(error?.code == .configuration)
    }

    @Test func endedWindowsAreSwept() async throws {
        var mostHeld = 0
        for number in 0..<5000 {
            let key = RateLimitKey(userID: UserID(unchecked: "user-\(number)"), endpoint: "SendMessage")
            _ = try await self.limiter.checkAndIncrement(key, threshold: 1, window: .seconds(1))
            self.clock.advance(by: .milliseconds(10))
            mostHeld = max(mostHeld, self.limiter.heldCount)
        }
        #expect(mostHeld <= 1024)
    }

    @Test func hundredsOfTasksShareOneThreshold() async throws {
        let allowed = await withTaskGroup(of: Bool.self) { tasks in
            for _ in 0..<500 { tasks.addTask { (try? await self.call(threshold: 100).isAllowed) ?? false } }
            return await tasks.reduce(into: 0) { count, isAllowed in count += isAllowed ? 1 : 0 }
        }
        #expect(allowed == 100)
    }
}
