internal import ChatifyCore
internal import TestSupport
internal import Testing

@testable internal import ChatifySQLite

@Suite(.timeLimit(.minutes(5))) struct HistoryRetentionTests {
    private static let start = Timestamp(millisecondsSinceEpoch: 1_700_000_000_000)
    private static let clock = SettableClock(now: start).chatClock

    private static func configuration(_ change: (inout SQLiteRetention) -> Void) -> SQLiteConfiguration {
        var configuration = SQLiteConfiguration()
        configuration.retention.groupAge = .days(10_000)
        change(&configuration.retention)
        return configuration
    }

    /// Opens with settings that drop nothing.
    private static func open<Value>(
        _ folder: TemporaryFolder,
        _ body: (SQLiteStore) async throws -> Value
    ) async throws -> Value {
        try await withStore(in: folder, self.configuration { $0.logAge = .days(10_000) }, clock: self.clock, body)
    }

    /// Messages a day apart in each of three scopes.
    private static func fill(_ folder: TemporaryFolder, days: Int64 = 10, length: Int = 5) async throws {
        try await Self.open(folder) { store in
            for day in 0..<days {
                let time = Self.start.advanced(by: .days(day)).millisecondsSinceEpoch
                for scope in Ledger.scopes {
                    let event = try event(
                        UInt64(day),
                        in: scope,
                        at: time,
                        text: String(repeating: "x", count: length)
                    )
                    _ = try await store.log.produce(event, headers: RecordHeaders())
                }
            }
        }
    }

    /// The days of the messages that are left in each scope.
    private static func days(_ folder: TemporaryFolder) async throws -> [[Int64]] {
        try await Self.open(folder) { store in
            var days: [[Int64]] = []
            for scope in Ledger.scopes {
                let messages = try await store.wholeHistory(of: .channel(try ScopeID(scope)))
                days.append(messages.map { Self.start.duration(to: $0.event.createdAt).components.seconds / 86_400 })
            }
            return days
        }
    }

    @Test func unlessToldOtherwiseHistoryStays() async throws {
        let folder = TemporaryFolder()
        try await Self.fill(folder)
        var rig = try RetentionRig(folder, SQLiteConfiguration())
        try rig.run(now: Self.start.advanced(by: .days(5000)))
        #expect(rig.log.availableOffsets(of: 0) == 9..<10)
        #expect(try await Self.days(folder) == Array(repeating: Array(0..<10), count: 3))
    }

    @Test(arguments: [(0, 0), (3, 0), (4, 1), (8, 5), (12, 9), (13, 10), (10_000, 10)] as [(Int64, Int64)])
    func messagesGoByAge(day: Int64, first: Int64) async throws {
        let folder = TemporaryFolder()
        try await Self.fill(folder)
        var rig = try RetentionRig(folder, Self.configuration { $0.historyAge = .days(3) })
        try rig.run(now: Self.start.advanced(by: .days(day)))
        #expect(try await Self.days(folder) == Array(repeating: Array(first..<10), count: 3))
    }

    @Test func whatAGroupHasYetToReadStays() async throws {
        let folder = TemporaryFolder()
        try await Self.fill(folder)
        try await Self.open(folder) { store in
            let consumer = try await store.log.makeConsumer(group: "g", startingAt: .beginning, commits: .manual)
            try await consumer.commit([
                LogPosition(partition: 0, offset: 1), LogPosition(partition: 2, offset: 100),
            ])
            // These stood in other logs, if in any.
            let old = Self.start.millisecondsSinceEpoch - 1
            _ = try await store.history.append(try event(100, in: Ledger.scopes[1], at: old), at: nil)
            let elsewhere = LogPosition(partition: 7, offset: 5)
            _ = try await store.history.append(try event(101, in: Ledger.scopes[1], at: old), at: elsewhere)
        }
        var rig = try RetentionRig(folder, Self.configuration { $0.historyAge = .days(3) })
        try rig.run(now: Self.start.advanced(by: .days(8)))
        #expect(try await Self.days(folder) == [Array(2..<10), Array(0..<10), Array(5..<10)])
        // And so the group can read it.
        let records = try await Self.open(folder) { store in
            let consumer = try await store.log.makeConsumer(group: "g", startingAt: .beginning, commits: .manual)
            return try await consumer.nextBatch(limit: 100)
        }
        #expect(records.count == 8 + 10)
    }

    @Test func theOldestGoUntilTheFileIsSmallEnough() async throws {
        let folder = TemporaryFolder()
        try await Self.fill(folder, days: 300, length: 2000)
        var rig = try RetentionRig(folder, Self.configuration { $0.fileBytes = 1_000_000 })
        let before = try rig.connection.usedBytes()
        try rig.run(now: Self.start.advanced(by: .days(300)))
        let after = try rig.connection.usedBytes()
        #expect(before > 1_500_000)
        #expect(after <= 1_000_000)
        // No more than it takes.
        #expect(after > 800_000)
        for days in try await Self.days(folder) {
            #expect(days == Array((300 - Int64(days.count))..<300))
            #expect(days.count > 50)
        }
    }

    @Test func aFileThatCannotBecomeSmallEnoughEndsThePass() async throws {
        let folder = TemporaryFolder()
        try await Self.fill(folder, days: 20)
        try await Self.open(folder) { store in
            let consumer = try await store.log.makeConsumer(group: "g", startingAt: .beginning, commits: .manual)
            try await consumer.commit([LogPosition(partition: 0, offset: 9)])
        }
        var rig = try RetentionRig(folder, Self.configuration { $0.fileBytes = 1 })
        try rig.run(now: Self.start.advanced(by: .days(30)))
        // All goes that nobody has yet to read.
        #expect(try await Self.days(folder) == [Array(10..<20), Array(0..<20), Array(0..<20)])
    }

    @Test func messagesFromTheFutureAndFromLongAgo() async throws {
        let folder = TemporaryFolder()
        let times: [Int64] = [.min, .min + 1, -1, 0, Self.start.millisecondsSinceEpoch, .max - 1, .max]
        try await Self.open(folder) { store in
            for (number, time) in times.enumerated() {
                _ = try await store.history.append(try event(UInt64(number), at: time), at: nil)
            }
        }
        var rig = try RetentionRig(folder, Self.configuration { $0.historyAge = .days(1) })
        try rig.run(now: Self.start)
        rig = try RetentionRig(folder, Self.configuration { $0.fileBytes = 1 })
        try rig.run(now: Self.start)
        let left = try await Self.open(folder) { store in
            try await store.wholeHistory(of: .channel(try ScopeID("general"))).map(\.event.createdAt)
        }
        #expect(left.map(\.millisecondsSinceEpoch) == [Self.start.millisecondsSinceEpoch, .max - 1, .max])
    }
}
