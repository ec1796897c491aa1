internal import ChatifyCore
internal import ChatifySQLite
internal import TestSupport
internal import Testing

@Suite(.timeLimit(.minutes(5))) struct RetentionUnderLoadTests {
    private static let start = Timestamp(millisecondsSinceEpoch: 1_700_000_000_000)

    /// Twenty thousand messages become old at once; who sends meanwhile is answered, and what was sent stays.
    @Test func aBigPassLetsSendsThrough() async throws {
        let clock = SettableClock(now: Self.start)
        var configuration = SQLiteConfiguration()
        configuration.retention.historyAge = .days(1)
        let scope = ChatScope.channel(try ScopeID("general"))
        try await withStore(in: TemporaryFolder(), configuration, clock: clock.chatClock) { store in
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                for number in 0..<20_000 as Range<UInt64> {
                    let event = try event(number, at: Self.start.millisecondsSinceEpoch + Int64(number))
                    tasks.addTask { _ = try await store.log.produce(event, headers: RecordHeaders()) }
                }
                try await tasks.waitForAll()
            }
            clock.advance(by: .days(30))
            let now = clock.chatClock.now().millisecondsSinceEpoch
            var count = 0
            while count < 5000 {
                let event = try event(UInt64(100_000 + count), at: now)
                _ = try await store.log.produce(event, headers: RecordHeaders())
                count += 1
                let first = try await store.history.messages(HistoryQuery(scope: scope, limit: 1)).messages.first
                guard let first, first.event.createdAt.millisecondsSinceEpoch < now else { break }
            }
            #expect(try await store.wholeHistory(of: scope).count == count)
        }
    }
}
