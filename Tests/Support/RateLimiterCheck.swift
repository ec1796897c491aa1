package import ChatifyCore

/// A limiter under test and a way to let time pass: real or not.
package struct RateLimiterRig: Sendable {
    package let limiter: any RateLimiter
    package let wait: @Sendable (Duration) async throws -> Void

    package init(limiter: any RateLimiter, wait: @escaping @Sendable (Duration) async throws -> Void) {
        self.limiter = limiter
        self.wait = wait
    }
}

/// A law of the ``RateLimiter`` port, which every adapter has to keep.
package struct RateLimiterCheck: Sendable, CustomStringConvertible {
    package let description: String
    package let run: @Sendable (RateLimiterRig) async throws -> Void

    private init(_ description: String, _ run: @escaping @Sendable (RateLimiterRig) async throws -> Void) {
        self.description = description
        self.run = run
    }

    package static let all: [RateLimiterCheck] = [
        .countsUpToTheThreshold, .resetsAndIsNotExtended, .aSteadyCallerIsNeverRefused, .keysAreCountedApart,
        .windowsAreJudgedTogether, .theDecisiveWindowIsTold, .exactlyTheThresholdPasses, .nonsenseIsRefused,
    ]
}

/// What a check found wrong.
package struct CheckFailure: Error, CustomStringConvertible {
    package let description: String

    package init(_ description: String) { self.description = description }
}

/// Throws unless `actual` is `expected`.
package func demand<Value: Equatable>(_ actual: Value, is expected: Value, _ what: String) throws {
    guard actual != expected else { return }
    throw CheckFailure("\(what): expected \(expected), got \(actual)")
}

extension RateLimiterRig {
    fileprivate func call(
        _ user: String,
        _ windows: (threshold: Int, seconds: Int)...,
        endpoint: String = "SendMessage"
    ) async throws -> RateLimitDecision {
        try await self.limiter.checkAndIncrement(
            RateLimitKey(userID: UserID(unchecked: user), endpoint: endpoint),
            windows: windows.map { RateLimitWindow(threshold: $0.threshold, length: .seconds($0.seconds)) }
        )
    }
}

extension RateLimiterCheck {
    private static let countsUpToTheThreshold = RateLimiterCheck("counts up to the threshold") { rig in
        for count in 1...3 {
            let decision = try await rig.call("alice", (3, 60))
            try demand(decision.isAllowed, is: true, "call \(count)")
            try demand(decision.count, is: count, "count of call \(count)")
            try demand(decision.resetsAfter > .seconds(30) && decision.resetsAfter <= .seconds(60), is: true, "reset")
        }
        let refused = try await rig.call("alice", (3, 60))
        try demand(refused.isAllowed, is: false, "call 4")
        try demand(refused.count, is: 3, "count of call 4")
    }

    private static let resetsAndIsNotExtended = RateLimiterCheck("resets, and is not extended by traffic") { rig in
        try demand(try await rig.call("bob", (1, 4)).isAllowed, is: true, "first call")
        try await rig.wait(.seconds(2))
        let refused = try await rig.call("bob", (1, 4))
        try demand(refused.isAllowed, is: false, "call within the window")
        try demand(refused.resetsAfter <= .seconds(2), is: true, "what is left of the window")
        try await rig.wait(refused.resetsAfter + .milliseconds(20))
        try demand(try await rig.call("bob", (1, 4)).isAllowed, is: true, "call after the window")
    }

    private static let aSteadyCallerIsNeverRefused = RateLimiterCheck(
        "a steady caller below the limit is never refused"
    ) { rig in
        for number in 0..<30 {
            try demand(try await rig.call("carol", (12, 1)).isAllowed, is: true, "call \(number)")
            try await rig.wait(.milliseconds(100))
        }
    }

    private static let keysAreCountedApart = RateLimiterCheck("users, endpoints and windows are counted apart") { rig in
        let users = [
            "dan", "dan:x", "{dan}", "}{", "d a n", "d\na\nn", "d\u{0}n", "å", "a\u{30A}", "\u{1F600}",
            "rl:dan:SendMessage:60",
        ]
        for user in users { try demand(try await rig.call(user, (1, 60)).isAllowed, is: true, "first call of \(user)") }
        for user in users {
            try demand(try await rig.call(user, (1, 60)).isAllowed, is: false, "second call of \(user)")
        }
        try demand(try await rig.call("dan", (1, 60), endpoint: "Join").isAllowed, is: true, "another endpoint")
        try demand(try await rig.call("dan", (1, 61)).isAllowed, is: true, "another window")
    }

    private static let windowsAreJudgedTogether = RateLimiterCheck("windows count a call all or none") { rig in
        for _ in 0..<2 {
            try demand(try await rig.call("erin", (5, 60), (2, 3600)).isAllowed, is: true, "both have room")
        }
        for _ in 0..<3 {
            try demand(try await rig.call("erin", (5, 60), (2, 3600)).isAllowed, is: false, "the hour is full")
        }
        for _ in 0..<3 {
            try demand(try await rig.call("erin", (5, 60)).isAllowed, is: true, "the minute was not counted")
        }
        try demand(try await rig.call("erin", (5, 60), (9, 3600)).isAllowed, is: false, "the minute is full")
        try demand(try await rig.call("erin", (9, 3600)).count, is: 3, "the hour was not counted")
    }

    private static let theDecisiveWindowIsTold = RateLimiterCheck("the window that decided is told") { rig in
        let allowed = try await rig.call("frank", (100, 60), (2, 3600))
        try demand(allowed.resetsAfter > .seconds(60), is: true, "the hour has the fewest calls left")
        _ = try await rig.call("frank", (1, 60))
        let refused = try await rig.call("frank", (2, 60), (1, 3600))
        try demand(refused.isAllowed, is: false, "both are full")
        try demand(refused.resetsAfter > .seconds(60), is: true, "the hour ends last")
    }

    private static let exactlyTheThresholdPasses = RateLimiterCheck("of many at once exactly the threshold passes") {
        rig in
        let allowed = try await withThrowingTaskGroup(of: Bool.self) { tasks in
            for _ in 0..<200 { tasks.addTask { try await rig.call("grace", (70, 60), (80, 3600)).isAllowed } }
            return try await tasks.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        try demand(allowed, is: 70, "allowed calls")
    }

    private static let nonsenseIsRefused = RateLimiterCheck(
        "thresholds, windows and endpoints out of range are refused"
    ) { rig in
        let calls: [(windows: [RateLimitWindow], endpoint: String)] = [
            ([], "Send"),
            ([RateLimitWindow(threshold: 0, length: .seconds(1))], "Send"),
            ([RateLimitWindow(threshold: -1, length: .seconds(1))], "Send"),
            ([RateLimitWindow(threshold: .max, length: .seconds(1))], "Send"),
            ([RateLimitWindow(threshold: 1, length: .zero)], "Send"),
            ([RateLimitWindow(threshold: 1, length: .seconds(-60))], "Send"),
            ([RateLimitWindow(threshold: 1, length: .milliseconds(1500))], "Send"),
            ([RateLimitWindow(threshold: 1, length: .seconds(Int64.max))], "Send"),
            (
                [
                    RateLimitWindow(threshold: 1, length: .seconds(1)),
                    RateLimitWindow(threshold: 2, length: .seconds(1)),
                ], "Send"
            ),
            ([RateLimitWindow(threshold: 1, length: .seconds(1))], ""),
            ([RateLimitWindow(threshold: 1, length: .seconds(1))], "Send:60"),
        ]
        for (number, call) in calls.enumerated() {
            do {
                let key = RateLimitKey(userID: UserID(unchecked: "heidi"), endpoint: call.endpoint)
                _ = try await rig.limiter.checkAndIncrement(key, windows: call.windows)
                throw CheckFailure("call \(number) was not refused")
            } catch let error as ChatError {
                try demand(error.code, is: .configuration, "code of call \(number)")
            }
        }
    }
}
