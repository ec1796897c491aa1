internal import ChatifyCore
internal import TestSupport
internal import Testing

@testable internal import ChatifySQLite

@Suite(.timeLimit(.minutes(5))) struct RetentionSliceTests {
    private static let start = Timestamp(millisecondsSinceEpoch: 1_700_000_000_000)

    /// The writer takes writes between the steps of a pass, so a step must be short however much there is to drop.
    @Test func aStepDropsAtMostFiveHundredRows() async throws {
        let folder = TemporaryFolder()
        try await Self.fill(folder, count: 1700)
        var configuration = SQLiteConfiguration()
        configuration.retention.historyAge = .days(1)
        let connection = try StoreFile(path: folder.database).openForWriting(configuration, now: Self.start)
        let log = try LogReaders.load(connection)
        var pass = try RetentionPass(
            connection,
            configuration.retention,
            groups: try WriteStatements(connection)
        )
        var rows = try Self.rows(connection)
        var dropped: [Int64] = []
        let now = Self.start.advanced(by: .days(30))
        repeat {
            try pass.step(connection, log: log, now: now, uptime: .zero)
            let left = try Self.rows(connection)
            dropped.append(rows - left)
            rows = left
        } while pass.isBusy && dropped.count < 100
        #expect(dropped.max() == 500)
        #expect(dropped.count { $0 > 0 } >= 7, "records and messages, each in slices")
        // Of each partition the newest record stays.
        #expect(rows == 1)
    }

    private static func fill(_ folder: TemporaryFolder, count: UInt64) async throws {
        try await withStore(in: folder) { store in
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                for number in 0..<count {
                    let event = try event(number, at: Self.start.millisecondsSinceEpoch + Int64(number))
                    tasks.addTask { _ = try await store.log.produce(event, headers: RecordHeaders()) }
                }
                try await tasks.waitForAll()
            }
        }
    }

    private static func rows(_ connection: SQLiteConnection) throws -> Int64 {
        let messages = try connection.number("SELECT count(*) FROM message") ?? 0
        return messages + (try connection.number("SELECT count(*) FROM record") ?? 0)
    }
}
