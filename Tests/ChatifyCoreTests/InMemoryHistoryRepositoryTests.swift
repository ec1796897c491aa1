import ChatifyCore
import TestSupport
import Testing

@Suite struct InMemoryHistoryRepositoryTests {
    private static func at(_ milliseconds: Int64) -> Timestamp { Timestamp(millisecondsSinceEpoch: milliseconds) }

    private static func cursor(_ milliseconds: Int64, _ number: UInt64) -> HistoryCursor {
        HistoryCursor(createdAt: self.at(milliseconds), messageID: MessageID(high: 0, low: number))
    }

    private static let scope = ChatEvent.sample(0).scope

    /// A history of five messages: two share a millisecond, appended in no order.
    private func small() async throws -> InMemoryHistoryRepository {
        let history = InMemoryHistoryRepository()
        for (number, time) in [(3, 20), (1, 10), (5, 40), (2, 20), (4, 30)] as [(Int, Int64)] {
            #expect(try await history.append(.sample(number, at: Self.at(time)), at: nil) == .stored)
        }
        return history
    }

    @Test(
        arguments: [
            (HistoryQuery(scope: scope), [1, 2, 3, 4, 5], nil),
            (HistoryQuery(scope: scope, limit: 5), [1, 2, 3, 4, 5], nil),
            (HistoryQuery(scope: scope, limit: 2), [1, 2], 2),
            (HistoryQuery(scope: scope, from: at(20)), [2, 3, 4, 5], nil),
            (HistoryQuery(scope: scope, from: at(21)), [4, 5], nil),
            (HistoryQuery(scope: scope, to: at(30)), [1, 2, 3], nil),
            (HistoryQuery(scope: scope, from: at(20), to: at(40), limit: 2), [2, 3], 3),
            (HistoryQuery(scope: scope, from: at(20), to: at(40), limit: 3), [2, 3, 4], nil),
            (HistoryQuery(scope: scope, from: at(40), to: at(20)), [], nil),
            (HistoryQuery(scope: scope, after: cursor(20, 2)), [3, 4, 5], nil),
            (HistoryQuery(scope: scope, after: cursor(15, 9)), [2, 3, 4, 5], nil),
            (HistoryQuery(scope: scope, from: at(30), after: cursor(10, 1)), [4, 5], nil),
            (HistoryQuery(scope: scope, to: at(20), after: cursor(30, 4)), [], nil),
            (HistoryQuery(scope: scope, after: cursor(40, 5)), [], nil),
            (HistoryQuery(scope: .directMessage(scope.id)), [], nil),
        ] as [(HistoryQuery, [Int], Int?)]
    )
    func pagesOldestFirst(query: HistoryQuery, numbers: [Int], next: Int?) async throws {
        let page = try await self.small().messages(query)
        #expect(page.messages.map(\.event.number) == numbers)
        #expect(page.nextCursor.map { Int($0.messageID.low) } == next)
    }

    @Test(
        arguments: [
            (HistoryQuery(scope: scope, order: .newestFirst), [5, 4, 3, 2, 1], nil),
            (HistoryQuery(scope: scope, limit: 2, order: .newestFirst), [5, 4], 4),
            (HistoryQuery(scope: scope, limit: 5, order: .newestFirst), [5, 4, 3, 2, 1], nil),
            (HistoryQuery(scope: scope, from: at(20), order: .newestFirst), [5, 4, 3, 2], nil),
            (HistoryQuery(scope: scope, to: at(20), order: .newestFirst), [1], nil),
            (HistoryQuery(scope: scope, from: at(20), to: at(40), limit: 2, order: .newestFirst), [4, 3], 3),
            (HistoryQuery(scope: scope, from: at(40), to: at(20), order: .newestFirst), [], nil),
            (HistoryQuery(scope: scope, after: cursor(20, 3), order: .newestFirst), [2, 1], nil),
            (HistoryQuery(scope: scope, after: cursor(20, 2), order: .newestFirst), [1], nil),
            (HistoryQuery(scope: scope, after: cursor(25, 0), order: .newestFirst), [3, 2, 1], nil),
            (HistoryQuery(scope: scope, from: at(20), after: cursor(30, 4), order: .newestFirst), [3, 2], nil),
            (HistoryQuery(scope: scope, to: at(20), after: cursor(40, 5), order: .newestFirst), [1], nil),
            (HistoryQuery(scope: scope, from: at(30), after: cursor(20, 3), order: .newestFirst), [], nil),
            (HistoryQuery(scope: scope, after: cursor(10, 1), order: .newestFirst), [], nil),
            (HistoryQuery(scope: .directMessage(scope.id), order: .newestFirst), [], nil),
        ] as [(HistoryQuery, [Int], Int?)]
    )
    func pagesNewestFirst(query: HistoryQuery, numbers: [Int], next: Int?) async throws {
        let page = try await self.small().messages(query)
        #expect(page.messages.map(\.event.number) == numbers)
        #expect(page.nextCursor.map { Int($0.messageID.low) } == next)
    }

    @Test(arguments: [0, -1, 501, Int.min, Int.max])
    func refusesLimitsOutOfRange(limit: Int) async {
        let history = InMemoryHistoryRepository()
        let error = await #expect(throws: ChatError.self) {
            try await history.messages(HistoryQuery(scope: Self.scope, limit: limit))
        }
        #expect(error?.code == .validation)
    }

    @Test func aRepeatChangesNothing() async throws {
        let history = InMemoryHistoryRepository()
        let position = LogPosition(partition: 1, offset: 7)
        #expect(try await history.append(.sample(1), at: position) == .stored)
        var changed = ChatEvent.sample(1)
        changed.text = "Something else"
        #expect(try await history.append(changed, at: nil) == .alreadyStored)
        let page = try await history.messages(HistoryQuery(scope: Self.scope))
        #expect(page.messages == [HistoryMessage(event: .sample(1), position: position)])
        // The same id at another time, or in another scope, is another message.
        #expect(try await history.append(.sample(1, at: Self.at(1)), at: nil) == .stored)
        #expect(try await history.append(.sample(1, scope: "random"), at: nil) == .stored)
    }

    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func pagesJoinToTheWholeWhateverTheOrder(seed: UInt64) async throws {
        var generator = SeededRandom(seed: seed)
        let history = InMemoryHistoryRepository()
        let events = (0..<300).map { number in
            ChatEvent.sample(number, at: Self.at(.random(in: 0..<40, using: &generator)))
        }
        for event in (events + events.prefix(50)).shuffled(using: &generator) {
            _ = try await history.append(event, at: nil)
        }
        let sorted = events.sorted { HistoryCursor(behind: $0) < HistoryCursor(behind: $1) }
        for (order, expected) in [(HistoryOrder.oldestFirst, sorted), (.newestFirst, sorted.reversed())] {
            var read: [ChatEvent] = []
            var query = HistoryQuery(scope: Self.scope, order: order)
            repeat {
                query.limit = Int.random(in: 1...60, using: &generator)
                let page = try await history.messages(query)
                read += page.messages.map(\.event)
                query.after = page.nextCursor
            } while query.after != nil
            #expect(read == expected)
        }
    }

    /// Any page against a filter over all messages.
    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func everyPageIsWhatWasAskedFor(seed: UInt64) async throws {
        var generator = SeededRandom(seed: seed)
        let history = InMemoryHistoryRepository(capacity: 60)
        let events = (0..<90).map { number in
            ChatEvent.sample(number, at: Self.at(.random(in: 0..<30, using: &generator)))
        }
        for event in events { _ = try await history.append(event, at: nil) }
        let kept = events.suffix(60).sorted { HistoryCursor(behind: $0) < HistoryCursor(behind: $1) }
        for _ in 0..<200 {
            var query = HistoryQuery(scope: Self.scope, limit: .random(in: 1...70, using: &generator))
            if Bool.random(using: &generator) { query.from = Self.at(.random(in: 0..<30, using: &generator)) }
            if Bool.random(using: &generator) { query.to = Self.at(.random(in: 0..<31, using: &generator)) }
            if Bool.random(using: &generator) {
                query.after = kept.randomElement(using: &generator).map(HistoryCursor.init(behind:))
            }
            if Bool.random(using: &generator) { query.order = .newestFirst }
            let matches = (query.order == .newestFirst ? kept.reversed() : kept).filter { query.matches($0) }
            let page = try await history.messages(query)
            #expect(page.messages.map(\.event) == Array(matches.prefix(query.limit)))
            #expect((page.nextCursor == nil) == (matches.count <= query.limit))
        }
    }

    @Test(arguments: 1...10 as ClosedRange<UInt64>)
    func beyondTheCapacityTheFirstToArriveGo(seed: UInt64) async throws {
        var generator = SeededRandom(seed: seed)
        let history = InMemoryHistoryRepository(capacity: 100)
        var arrived: [ChatEvent] = []
        for number in 0..<1000 {
            let scope = ["general", "random"].randomElement(using: &generator) ?? ""
            let time = Int64(number) + .random(in: -50...50, using: &generator)
            arrived.append(.sample(number, scope: scope, at: Self.at(time)))
            _ = try await history.append(arrived[number], at: nil)
        }
        for scope in ["general", "random"] {
            let query = HistoryQuery(scope: .channel(ScopeID(unchecked: scope)), limit: 500)
            let expected = arrived.suffix(100).filter { $0.scope == query.scope }
                .sorted { HistoryCursor(behind: $0) < HistoryCursor(behind: $1) }
            #expect(try await history.messages(query).messages.map(\.event) == expected)
        }
        #expect(try await history.append(arrived[0], at: nil) == .stored)
    }

    @Test func hundredsOfTasksStoreEachOnce() async throws {
        let history = InMemoryHistoryRepository()
        let stored = await withTaskGroup(of: Bool.self) { tasks in
            for number in 0..<900 {
                // Three tasks store each event.
                tasks.addTask { (try? await history.append(.sample(number / 3), at: nil)) == .stored }
            }
            return await tasks.reduce(into: 0) { count, wasStored in count += wasStored ? 1 : 0 }
        }
        #expect(stored == 300)
        let page = try await history.messages(HistoryQuery(scope: Self.scope, limit: 500))
        #expect(page.messages.map(\.event.number) == Array(0..<300))
    }
}

extension HistoryQuery {
    fileprivate func matches(_ event: ChatEvent) -> Bool {
        if let from = self.from, event.createdAt < from { return false }
        if let to = self.to, event.createdAt >= to { return false }
        guard let after = self.after else { return true }
        let place = HistoryCursor(behind: event)
        return self.order == .newestFirst ? place < after : place > after
    }
}
