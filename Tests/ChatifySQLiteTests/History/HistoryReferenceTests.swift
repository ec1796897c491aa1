internal import ChatifyCore
internal import ChatifySQLite
internal import TestSupport
internal import Testing

/// Random appends and queries, answered as the history in memory answers them.
@Suite(.timeLimit(.minutes(5))) struct HistoryReferenceTests {
    /// Time stamps, few of them so that many messages share one, the extremes among them.
    private static let times: [Int64] = [.min, .min + 1, -1_000, -1, 0, 1, 5, 1_700_000_000_000, .max - 1, .max]

    /// Ids at both ends of their order, and with the top bit set, which a signed comparison would put first.
    private static let ids: [MessageID] = [
        MessageID(high: 0, low: 0), MessageID(high: 0, low: 1), MessageID(high: 0, low: .max),
        MessageID(high: 1, low: 0), MessageID(high: 1 << 63, low: 0), MessageID(high: .max, low: 1 << 63),
        MessageID(high: .max, low: .max - 1), MessageID(high: .max, low: .max),
    ]

    private static let scopes: [ChatScope] = [
        .channel(ScopeID(unchecked: "general")), .directMessage(ScopeID(unchecked: "general")),
        .channel(ScopeID(unchecked: "GENERAL")),
    ]

    private static func time(_ generator: inout SeededRandom) -> Timestamp {
        Timestamp(millisecondsSinceEpoch: self.times.randomElement(using: &generator) ?? 0)
    }

    private static func id(_ generator: inout SeededRandom) -> MessageID {
        if Bool.random(using: &generator), let id = Self.ids.randomElement(using: &generator) { return id }
        return MessageID(high: .random(in: 0...3, using: &generator) << 62, low: .random(in: 0...9, using: &generator))
    }

    private static func randomEvent(_ generator: inout SeededRandom) -> ChatEvent {
        ChatEvent(
            messageID: Self.id(&generator),
            scope: Self.scopes.randomElement(using: &generator) ?? Self.scopes[0],
            senderID: UserID(unchecked: "user-\(generator.next())"),
            text: String(repeating: "t", count: .random(in: 0...20, using: &generator)),
            createdAt: Self.time(&generator),
            originPodID: PodID(unchecked: "pod-\(generator.next() % 3)")
        )
    }

    private static func query(_ generator: inout SeededRandom) -> HistoryQuery {
        var query = HistoryQuery(scope: Self.scopes.randomElement(using: &generator) ?? Self.scopes[0])
        if Bool.random(using: &generator) { query.from = Self.time(&generator) }
        if Bool.random(using: &generator) { query.to = Self.time(&generator) }
        if Bool.random(using: &generator) {
            query.after = HistoryCursor(createdAt: Self.time(&generator), messageID: Self.id(&generator))
        }
        if Bool.random(using: &generator) { query.order = .newestFirst }
        let limits = [1, 2, 3, .random(in: 1...40, using: &generator), 499, 500]
        query.limit = limits.randomElement(using: &generator) ?? 1
        return query
    }

    @Test(arguments: 1...30 as ClosedRange<UInt64>)
    func answersAsTheHistoryInMemoryDoes(seed: UInt64) async throws {
        var generator = SeededRandom(seed: seed)
        let reference = InMemoryHistoryRepository()
        try await withStore(in: TemporaryFolder()) { store in
            for step in 0..<300 {
                if step < 100 || Int.random(in: 0..<3, using: &generator) == 0 {
                    let event = Self.randomEvent(&generator)
                    let position = LogPosition(partition: .random(in: 0...5, using: &generator), offset: Int64(step))
                    let at = Bool.random(using: &generator) ? position : nil
                    #expect(
                        try await store.history.append(event, at: at) == (try await reference.append(event, at: at))
                    )
                } else {
                    let query = Self.query(&generator)
                    #expect(
                        try await store.history.messages(query) == (try await reference.messages(query)),
                        "\(query)"
                    )
                }
            }
            try await Self.compareWholes(store, reference, &generator)
        }
    }

    /// All pages one after the other, in both orders.
    private static func compareWholes(
        _ store: SQLiteStore,
        _ reference: InMemoryHistoryRepository,
        _ generator: inout SeededRandom
    ) async throws {
        for scope in self.scopes {
            let whole = try await reference.messages(HistoryQuery(scope: scope, limit: 500)).messages
            for (order, expected) in [(HistoryOrder.oldestFirst, whole), (.newestFirst, whole.reversed())] {
                let limit = Int.random(in: 1...30, using: &generator)
                #expect(try await store.wholeHistory(of: scope, order: order, limit: limit) == expected)
            }
        }
    }

    @Test(arguments: [Int.min, -1, 0, 501, .max])
    func aLimitOutOfRangeIsRefused(limit: Int) async throws {
        let (reference, scope) = (InMemoryHistoryRepository(), Self.scopes[0])
        let expected = await #expect(throws: ChatError.self) {
            try await reference.messages(HistoryQuery(scope: scope, limit: limit))
        }
        try await withStore(in: TemporaryFolder()) { store in
            let error = await #expect(throws: ChatError.self) {
                try await store.history.messages(HistoryQuery(scope: scope, limit: limit))
            }
            #expect(error?.code == .validation)
            #expect(error?.message == expected?.message)
        }
    }

    @Test func whatWasProducedIsHistoryToo() async throws {
        try await withStore(in: TemporaryFolder()) { store in
            let first = try event(1)
            let position = try await store.log.produce(first, headers: RecordHeaders())
            var changed = first
            changed.text = "Something else"
            #expect(try await store.history.append(changed, at: nil) == .alreadyStored)
            let messages = try await store.wholeHistory(of: first.scope)
            #expect(messages == [HistoryMessage(event: first, position: position)])
        }
    }

    @Test func hundredsOfTasksStoreEachOnce() async throws {
        try await withStore(in: TemporaryFolder()) { store in
            let stored = try await withThrowingTaskGroup(of: Bool.self) { tasks in
                for number in 0..<900 as Range<UInt64> {
                    let event = try event(number / 3)
                    tasks.addTask { try await store.history.append(event, at: nil) == .stored }
                }
                return try await tasks.reduce(into: 0) { $0 += $1 ? 1 : 0 }
            }
            #expect(stored == 300)
            let messages = try await store.wholeHistory(of: try event(0).scope)
            #expect(try messages.map(\.event) == (0..<300).map { try event($0) })
        }
    }
}
