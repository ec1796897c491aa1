internal import ChatifyCore

extension ConformanceCheck where Subject == RateLimiterSubject {
    /// All laws of the port, those first that others build on.
    public static var all: [RateLimiterCheck] {
        [
            .countsUpToTheThreshold, .keysAreCountedApart, .windowsAreJudgedTogether, .theDecisiveWindowIsTold,
            .exactlyTheThresholdPasses,
            .nonsenseIsRefused, .aWindowEnds, .aWindowIsNotExtended, .aSteadyCallerIsNeverRefused, .podsShareOneCount,
        ]
    }

    /// The threshold passes, and the next call does not.
    public static var countsUpToTheThreshold: RateLimiterCheck {
        RateLimiterCheck(
            "counts up to the threshold",
            law: "Counts one call if it is within the threshold of every window, and says whether it was."
        ) { subject in
            for count in 1...3 {
                let decision = try await subject.adapter.call("alice", (3, 60))
                try demand(decision.isAllowed, is: true, "A call within the threshold was refused")
                try demand(decision.count, is: count, "The count is not that of the calls")
                let isSane = decision.resetsAfter > .seconds(10) && decision.resetsAfter <= .seconds(60)
                try demand(isSane, "A window of 60 s that has just begun ends after \(decision.resetsAfter)")
            }
            let refused = try await subject.adapter.call("alice", (3, 60))
            try demand(refused.isAllowed, is: false, "A call beyond the threshold was allowed")
            try demand(refused.count, is: 3, "A refused call was counted")
        }
    }

    /// No user, endpoint or window is taken for another.
    public static var keysAreCountedApart: RateLimiterCheck {
        RateLimiterCheck(
            "users, endpoints and windows are counted apart",
            law: "Counts calls per key in fixed windows. (A user's id is its bytes.)"
        ) { subject in
            let users = Specimen.ids + ["rl:a:SendMessage:60", "a:SendMessage:60"]
            for user in users {
                try demand(
                    try await subject.adapter.call(user, (1, 60)).isAllowed,
                    is: true,
                    "One user was taken for another"
                )
            }
            for user in users {
                try demand(
                    try await subject.adapter.call(user, (1, 60)).isAllowed,
                    is: false,
                    "A user's call was not counted"
                )
            }
            let other = try await subject.adapter.call("a", (1, 60), endpoint: "Join")
            try demand(other.isAllowed, is: true, "One endpoint was taken for another")
            try demand(
                try await subject.adapter.call("a", (1, 61)).isAllowed,
                is: true,
                "One window was taken for another"
            )
        }
    }

    /// A call that one window refuses counts in none.
    public static var windowsAreJudgedTogether: RateLimiterCheck {
        RateLimiterCheck(
            "windows count a call all or none",
            law: "Several windows are judged together: the call is counted in all of them or in none."
        ) { subject in
            let limiter = subject.adapter
            for _ in 0..<2 {
                try demand(
                    try await limiter.call("erin", (5, 60), (2, 3600)).isAllowed,
                    is: true,
                    "A call within both windows was refused"
                )
            }
            for _ in 0..<3 {
                try demand(
                    try await limiter.call("erin", (5, 60), (2, 3600)).isAllowed,
                    is: false,
                    "A call beyond one window was allowed"
                )
            }
            for _ in 0..<3 {
                try demand(
                    try await limiter.call("erin", (5, 60)).isAllowed,
                    is: true,
                    "A refused call was counted in the window that had room"
                )
            }
            try demand(
                try await limiter.call("erin", (5, 60), (9, 3600)).isAllowed,
                is: false,
                "A call beyond one window was allowed"
            )
            try demand(
                try await limiter.call("erin", (9, 3600)).count,
                is: 3,
                "A refused call was counted in the window that had room"
            )
        }
    }

    /// The caller learns when to come again.
    public static var theDecisiveWindowIsTold: RateLimiterCheck {
        RateLimiterCheck(
            "the window that decided is told",
            law: """
                Of several windows the one that decided is, for a refused call, the one that refused it and ends last; for an allowed call, the \
                one with the fewest calls left.
                """
        ) { subject in
            let allowed = try await subject.adapter.call("frank", (100, 60), (2, 3600))
            try demand(allowed.resetsAfter > .seconds(60), "An allowed call was told a window with more calls left")
            _ = try await subject.adapter.call("frank", (1, 60))
            let refused = try await subject.adapter.call("frank", (2, 60), (1, 3600))
            try demand(refused.isAllowed, is: false, "A call beyond both windows was allowed")
            try demand(
                refused.resetsAfter > .seconds(60),
                "A refused call was told a window that ends before another that refused it"
            )
        }
    }

    /// Hundreds of calls at once get the threshold between them.
    public static var exactlyTheThresholdPasses: RateLimiterCheck {
        RateLimiterCheck(
            "of many at once exactly the threshold passes",
            law: "Each call is atomic among all pods that share the limiter."
        ) {
            subject in
            let allowed = try await withThrowingTaskGroup(of: Bool.self) { tasks in
                for _ in 0..<300 {
                    tasks.addTask { try await subject.adapter.call("grace", (70, 600), (80, 3600)).isAllowed }
                }
                return try await tasks.reduce(into: 0) { $0 += $1 ? 1 : 0 }
            }
            try demand(allowed, is: 70, "Of many calls at once not exactly the threshold was allowed")
        }
    }

    /// A limit that cannot be meant is said to be wrong, and counts nothing.
    public static var nonsenseIsRefused: RateLimiterCheck {
        RateLimiterCheck(
            "windows and endpoints out of range are refused",
            law: "Throws: … Code configuration for windows or an endpoint out of range."
        ) { subject in
            let one = RateLimitWindow(threshold: 1, length: .seconds(1))
            let lengths: [Duration] = [
                .zero, .seconds(-60), .milliseconds(1500), .milliseconds(999), .seconds(Int64.max),
            ]
            let calls: [(windows: [RateLimitWindow], endpoint: String)] =
                [
                    ([], "Send"), ([one, RateLimitWindow(threshold: 2, length: .seconds(1))], "Send"), ([one], ""),
                    ([one], "Send:60"),
                ]
                + [0, -1, Int.min, Int.max, 1_000_000_001].map {
                    ([RateLimitWindow(threshold: $0, length: .seconds(1))], "Send")
                }
                + lengths.map { ([RateLimitWindow(threshold: 1, length: $0)], "Send") }
            for call in calls {
                try await demandFailure([.configuration], "\(call.windows) of “\(call.endpoint)” was not refused") {
                    let key = RateLimitKey(userID: UserID(unchecked: "heidi"), endpoint: call.endpoint)
                    _ = try await subject.adapter.checkAndIncrement(key, windows: call.windows)
                }
            }
        }
    }

    /// After its time a full window is open again.
    public static var aWindowEnds: RateLimiterCheck {
        RateLimiterCheck(
            "a window ends when it said",
            law: "A window opens with the first call after the last one ended.",
            requires: [.time]
        ) { subject in
            for _ in 0..<2 {
                _ = try await subject.adapter.call("bob", (1, 3))
                let refused = try await subject.adapter.call("bob", (1, 3))
                try demand(refused.isAllowed, is: false, "A call beyond the threshold was allowed")
                try await subject.pass(refused.resetsAfter + .milliseconds(20))
            }
            try demand(
                try await subject.adapter.call("bob", (1, 3)).isAllowed,
                is: true,
                "A window did not end when it said it would"
            )
        }
    }

    /// Neither allowed nor refused calls move the end.
    public static var aWindowIsNotExtended: RateLimiterCheck {
        RateLimiterCheck(
            "a window is not extended by traffic",
            law: "A window … is never extended by later calls.",
            requires: [.time]
        ) { subject in
            let first = try await subject.adapter.call("judy", (2, 8))
            try await subject.pass(.seconds(2))
            for isAllowed in [true, false] {
                let later = try await subject.adapter.call("judy", (2, 8))
                try demand(later.isAllowed, is: isAllowed, "A window was not open for its whole length")
                try demand(later.resetsAfter <= first.resetsAfter - .seconds(2), "A later call extended the window")
            }
            let refused = try await subject.adapter.call("judy", (2, 8))
            try await subject.pass(refused.resetsAfter + .milliseconds(20))
            try demand(
                try await subject.adapter.call("judy", (2, 8)).isAllowed,
                is: true,
                "A window did not end when it said it would"
            )
        }
    }

    /// The reason why windows are fixed.
    public static var aSteadyCallerIsNeverRefused: RateLimiterCheck {
        RateLimiterCheck(
            "a steady caller below the limit is never refused",
            law: "… so a steady caller below the threshold is never refused.",
            requires: [.time]
        ) { subject in
            for _ in 0..<30 {
                try demand(
                    try await subject.adapter.call("carol", (12, 1)).isAllowed,
                    is: true,
                    "A steady caller below the limit was refused"
                )
                try await subject.pass(.milliseconds(100))
            }
        }
    }

    /// Pods get the threshold between them, not each.
    public static var podsShareOneCount: RateLimiterCheck {
        RateLimiterCheck(
            "pods share one count",
            law: "Each call is atomic among all pods that share the limiter.",
            requires: [.sharing]
        ) { subject in
            let limiters = [subject.adapter, try await subject.anotherPods()]
            let allowed = try await withThrowingTaskGroup(of: Bool.self) { tasks in
                for number in 0..<200 {
                    tasks.addTask { try await limiters[number % 2].call("ivan", (50, 600)).isAllowed }
                }
                return try await tasks.reduce(into: 0) { $0 += $1 ? 1 : 0 }
            }
            try demand(allowed, is: 50, "Pods that share a limiter did not get one threshold between them")
        }
    }
}
