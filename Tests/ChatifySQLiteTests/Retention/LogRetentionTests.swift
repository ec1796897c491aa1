internal import ChatifyCore
internal import TestSupport
internal import Testing

@testable internal import ChatifySQLite

@Suite(.timeLimit(.minutes(5))) struct LogRetentionTests {
    private static let start = Timestamp(millisecondsSinceEpoch: 1_700_000_000_000)

    private static func configuration(_ change: (inout SQLiteRetention) -> Void = { _ in }) -> SQLiteConfiguration {
        var configuration = SQLiteConfiguration()
        configuration.partitions = 1
        change(&configuration.retention)
        return configuration
    }

    /// A log with ten records a day apart, of which each group has done so many.
    private static func fill(_ folder: TemporaryFolder, groups: [String: Int64] = [:]) async throws {
        try await withStore(in: folder, Self.configuration(), clock: Self.clock) { store in
            for day in 0..<10 as Range<Int64> {
                let time = Self.start.advanced(by: .days(day)).millisecondsSinceEpoch
                _ = try await store.log.produce(try event(UInt64(day), at: time), headers: RecordHeaders())
            }
            for (group, done) in groups {
                let consumer = try await store.log.makeConsumer(group: group, startingAt: .beginning, commits: .manual)
                try await consumer.commit([LogPosition(partition: 0, offset: done - 1)])
            }
        }
    }

    private static let clock = SettableClock(now: start).chatClock

    /// The offsets that are left, and the next one, as a store finds them that is opened afterwards.
    private static func offsets(_ folder: TemporaryFolder) async throws -> [Int64] {
        try await withStore(in: folder, Self.configuration(), clock: Self.clock) { store in
            let marker = try event(1 << 40)
            _ = try await store.log.produce(marker, headers: RecordHeaders())
            return try await store.wholeLog(until: [marker]).map(\.position.offset)
        }
    }

    private static func run(
        _ folder: TemporaryFolder,
        day: Int64,
        _ change: (inout SQLiteRetention) -> Void = { _ in }
    ) throws {
        var rig = try RetentionRig(folder, Self.configuration(change))
        try rig.run(now: Self.start.advanced(by: .days(day)))
    }

    @Test(
        arguments: [
            // After seven days each record may go that is older, but the newest.
            (7, [:], 0), (8, [:], 1), (12, [:], 5), (16, [:], 9), (100, [:], 9),
            // A group keeps what it has yet to read; the slowest one decides.
            (12, ["g": 10], 5), (12, ["g": 5], 5), (12, ["g": 3], 3), (12, ["g": 0], 0),
            (12, ["fast": 10, "slow": 2], 2), (12, ["fast": 10, "slow": 6], 5),
        ] as [(Int64, [String: Int64], Int64)]
    )
    func recordsGoByAge(day: Int64, groups: [String: Int64], first: Int64) async throws {
        let folder = TemporaryFolder()
        try await Self.fill(folder, groups: groups)
        try Self.run(folder, day: day) { $0.groupAge = .days(1000) }
        #expect(try await Self.offsets(folder) == Array(first...10))
    }

    @Test func recordsOfExactlyThatAgeStay() async throws {
        let folder = TemporaryFolder()
        try await Self.fill(folder)
        var rig = try RetentionRig(folder, Self.configuration())
        try rig.run(now: Self.start.advanced(by: .days(8)))
        #expect(rig.log.availableOffsets(of: 0) == 1..<10)
        try rig.run(now: Self.start.advanced(by: .days(8) + .milliseconds(1)))
        #expect(rig.log.availableOffsets(of: 0) == 1..<10, "The next pass is not due yet.")
    }

    @Test(
        arguments: [
            (0, [:], 9), (1, [:], 9), (128 * 4, [:], 6), (128 * 9, [:], 1), (128 * 10, [:], 0), (.max, [:], 0),
            (128 * 4, ["g": 2], 2), (128 * 4, ["g": 10], 6),
        ] as [(Int64, [String: Int64], Int64)]
    )
    func recordsGoBySize(bytes: Int64, groups: [String: Int64], first: Int64) async throws {
        let folder = TemporaryFolder()
        try await Self.fill(folder, groups: groups)
        try Self.run(folder, day: 0) { $0.logBytes = bytes }
        #expect(try await Self.offsets(folder) == Array(first...10))
    }

    @Test func whatIsCommittedInMemoryAloneKeepsTheLog() async throws {
        let folder = TemporaryFolder()
        try await Self.fill(folder, groups: ["g": 4])
        var rig = try RetentionRig(folder, Self.configuration())
        let (member, _) = rig.log.join("g", startingAt: .beginning, now: Self.start.advanced(by: .days(50)))
        #expect(rig.log.commit([LogPosition(partition: 0, offset: 8)], by: member, in: "g") == [9])
        try rig.run(now: Self.start.advanced(by: .days(50)))
        #expect(rig.log.availableOffsets(of: 0) == 4..<10)
    }

    @Test func groupsThatNobodyJoinsAreForgotten() async throws {
        let folder = TemporaryFolder()
        try await Self.fill(folder, groups: ["left": 1, "used": 3])
        var rig = try RetentionRig(folder, Self.configuration { $0.groupAge = .days(20) })
        try rig.run(now: Self.start.advanced(by: .days(20)))
        #expect(rig.log.committedOffsets(of: "left") == [1])
        rig = try RetentionRig(folder, Self.configuration { $0.groupAge = .days(20) })
        _ = rig.log.join("used", startingAt: .beginning, now: Self.start)
        try rig.run(now: Self.start.advanced(by: .days(21)))
        #expect(rig.log.committedOffsets(of: "left") == nil)
        #expect(rig.log.committedOffsets(of: "used") == [3])
        #expect(rig.log.availableOffsets(of: 0) == 3..<10)
        let groups = try await withStore(in: folder, Self.configuration(), clock: Self.clock) { store in
            ["left", "used"].map { store.log.committedOffsets(of: $0) }
        }
        #expect(groups == [nil, [3]])
    }

    @Test func anEmptyLogIsLeftAlone() async throws {
        let folder = TemporaryFolder()
        try await withStore(in: folder, Self.configuration()) { _ in }
        try Self.run(folder, day: 1000) { retention in
            retention.logBytes = 0
            retention.historyAge = .zero
            retention.fileBytes = 0
        }
        #expect(try await Self.offsets(folder) == [0])
    }
}

extension Duration {
    static func days(_ count: Int64) -> Duration { .seconds(count * 86_400) }
}
