import ChatifyCore
import ChatifyTestKit

/// A limiter that does what it is told.
struct BrokenLimiter: RateLimiter {
    typealias Call = @Sendable (RateLimitKey, [RateLimitWindow]) async throws(ChatError) -> RateLimitDecision
    let onCall: Call

    func checkAndIncrement(
        _ key: RateLimitKey,
        windows: [RateLimitWindow]
    ) async throws(ChatError) -> RateLimitDecision {
        try await self.onCall(key, windows)
    }
}

/// Counts in windows that begin anew with each call, as an expiry set at every hit does.
private final class SlidingLimiter: RateLimiter {
    private let clock: ManualClock
    private let counts = Locked([RateLimitKey: (count: Int, end: Duration)]())

    init(clock: ManualClock) { self.clock = clock }

    func checkAndIncrement(
        _ key: RateLimitKey,
        windows: [RateLimitWindow]
    ) async throws(ChatError) -> RateLimitDecision {
        let (now, window) = (self.clock.uptime, windows[0])
        return self.counts.withLock { counts in
            let old = counts[key].flatMap { $0.end > now ? $0.count : nil } ?? 0
            let isAllowed = old < window.threshold
            counts[key] = (old + (isAllowed ? 1 : 0), now + window.length)
            return RateLimitDecision(isAllowed: isAllowed, count: counts[key]?.count ?? 0, resetsAfter: window.length)
        }
    }
}

extension Sabotage where Subject == RateLimiterSubject {
    /// A subject whose limiter was tampered with.
    private init(
        _ check: RateLimiterCheck,
        caughtWith words: String,
        tampering tamper: @escaping @Sendable (any RateLimiter, ManualClock) -> any RateLimiter
    ) {
        self.init(check, caughtWith: words) {
            let clock = ManualClock()
            let base = InMemoryRateLimiter(clock: clock.chatClock)
            return RateLimiterSubject(
                tamper(base, clock),
                wait: { clock.advance(by: $0) },
                another: { InMemoryRateLimiter(clock: clock.chatClock) }
            )
        }
    }

    static let all: [Sabotage] = [
        Sabotage(.countsUpToTheThreshold, caughtWith: "beyond the threshold was allowed") { base, _ in
            BrokenLimiter { (key, windows) async throws(ChatError) in
                let windows = windows.map { RateLimitWindow(threshold: $0.threshold + 1, length: $0.length) }
                return try await base.checkAndIncrement(key, windows: windows)
            }
        },
        Sabotage(.keysAreCountedApart, caughtWith: "One user was taken for another") { base, _ in
            let lookalikes = Lookalikes()
            return BrokenLimiter { (key, windows) async throws(ChatError) in
                var key = key
                key.userID = UserID(unchecked: lookalikes(key.userID.rawValue))
                return try await base.checkAndIncrement(key, windows: windows)
            }
        },
        Sabotage(.windowsAreJudgedTogether, caughtWith: "in the window that had room") { base, _ in
            BrokenLimiter { (key, windows) async throws(ChatError) in
                var decisions: [RateLimitDecision] = []
                for window in windows { decisions.append(try await base.checkAndIncrement(key, windows: [window])) }
                return decisions.first { !$0.isAllowed } ?? decisions[0]
            }
        },
        Sabotage(.theDecisiveWindowIsTold, caughtWith: "told a window") { base, _ in
            BrokenLimiter { (key, windows) async throws(ChatError) in
                var decision = try await base.checkAndIncrement(key, windows: windows)
                decision.resetsAfter = windows[0].length
                return decision
            }
        },
        Sabotage(.exactlyTheThresholdPasses, caughtWith: "not exactly the threshold") { base, _ in
            let counter = Counter()
            return BrokenLimiter { (key, windows) async throws(ChatError) in
                var decision = try await base.checkAndIncrement(key, windows: windows)
                // As if another call had looked at the same moment.
                if !decision.isAllowed, counter.isOneOf(100) { decision.isAllowed = true }
                return decision
            }
        },
        Sabotage(.nonsenseIsRefused, caughtWith: "was not refused") { base, _ in
            BrokenLimiter { (key, windows) async throws(ChatError) in
                guard let window = windows.first, window.threshold > 0 else {
                    return RateLimitDecision(isAllowed: true, count: 0, resetsAfter: .zero)
                }
                return try await base.checkAndIncrement(key, windows: windows)
            }
        },
        Sabotage(.aWindowEnds, caughtWith: "did not end when it said") { _, _ in
            // By a clock that stands still.
            InMemoryRateLimiter(clock: ManualClock().chatClock)
        },
        Sabotage(.aWindowIsNotExtended, caughtWith: "extended the window") { _, clock in SlidingLimiter(clock: clock) },
        Sabotage(.aSteadyCallerIsNeverRefused, caughtWith: "steady caller below the limit was refused") { _, clock in
            SlidingLimiter(clock: clock)
        },
        Sabotage(.podsShareOneCount, caughtWith: "did not get one threshold") { base, _ in base },
    ]
}
