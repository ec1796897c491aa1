import ChatifyCore
import ChatifyTestKit

/// A history in memory, some of whose functions do something else.
struct BrokenHistory: ChatHistoryRepository {
    var guarantees = HistoryGuarantees(isDurable: true, isShared: true)
    var onAppend: @Sendable (ChatEvent, LogPosition?) async throws(ChatError) -> AppendOutcome
    var onMessages: @Sendable (HistoryQuery) async throws(ChatError) -> HistoryPage

    init(_ base: InMemoryHistoryRepository = InMemoryHistoryRepository()) {
        self.onAppend = { (event, position) async throws(ChatError) in try await base.append(event, at: position) }
        self.onMessages = { (query) async throws(ChatError) in try await base.messages(query) }
    }

    func append(_ event: ChatEvent, at position: LogPosition?) async throws(ChatError) -> AppendOutcome {
        try await self.onAppend(event, position)
    }

    func messages(_ query: HistoryQuery) async throws(ChatError) -> HistoryPage { try await self.onMessages(query) }
}

extension Sabotage where Subject == HistoryRepositorySubject {
    /// A subject whose history was tampered with.
    private init(
        _ check: HistoryRepositoryCheck,
        caughtWith words: String,
        tampering tamper: @escaping @Sendable (inout BrokenHistory, InMemoryHistoryRepository) -> Void
    ) {
        self.init(check, caughtWith: words) {
            let base = InMemoryHistoryRepository()
            var history = BrokenHistory(base)
            tamper(&history, base)
            return HistoryRepositorySubject(history)
        }
    }

    static let all: [Sabotage] = Self.storing + Self.reading + Self.trouble

    private static let storing: [Sabotage] = [
        Sabotage(.whatIsStoredIsFound, caughtWith: "was lost") { history, base in
            let counter = Counter()
            history.onAppend = { (event, position) async throws(ChatError) in
                counter.isOneOf(7) ? .stored : try await base.append(event, at: position)
            }
        },
        Sabotage(.anUnknownScopeIsEmpty, caughtWith: "was not empty") { history, base in
            history.onMessages = { (query) async throws(ChatError) in
                var page = try await base.messages(query)
                if page.messages.isEmpty {
                    page.nextCursor = HistoryCursor(
                        createdAt: Timestamp(millisecondsSinceEpoch: 0),
                        messageID: MessageID(high: 0, low: 0)
                    )
                }
                return page
            }
        },
        Sabotage(.aRepeatChangesNothing, caughtWith: "taken for a new message") { history, base in
            history.onAppend = { (event, position) async throws(ChatError) in
                _ = try await base.append(event, at: position)
                return .stored
            }
        },
        Sabotage(.aRepeatChangesNothing, caughtWith: "changed or doubled") { history, base in
            let latest = Locked([HistoryCursor: ChatEvent]())
            history.onAppend = { (event, position) async throws(ChatError) in
                latest.withLock { $0[HistoryCursor(behind: event)] = event }
                return try await base.append(event, at: position)
            }
            history.onMessages = { (query) async throws(ChatError) in
                var page = try await base.messages(query)
                page.messages = page.messages.map { message in
                    let event = latest.withLock { $0[HistoryCursor(behind: message.event)] } ?? message.event
                    return HistoryMessage(event: event, position: message.position)
                }
                return page
            }
        },
        Sabotage(.scopeTimeAndIDMakeAMessage, caughtWith: "taken for a repeat") { history, base in
            let known = Locked(Set<MessageID>())
            history.onAppend = { (event, position) async throws(ChatError) in
                guard known.withLock({ $0.insert(event.messageID).inserted }) else { return .alreadyStored }
                return try await base.append(event, at: position)
            }
        },
        Sabotage(.scopesAreApart, caughtWith: "holds what belongs to another") { history, base in
            let lookalikes = Lookalikes()
            history.onAppend = { (event, position) async throws(ChatError) in
                var event = event
                event.scope.id = ScopeID(unchecked: lookalikes(event.scope.id.rawValue))
                return try await base.append(event, at: position)
            }
            history.onMessages = { (query) async throws(ChatError) in
                var query = query
                query.scope.id = ScopeID(unchecked: lookalikes(query.scope.id.rawValue))
                return try await base.messages(query)
            }
        },
        Sabotage(.textsComeBackAsTheyWere, caughtWith: "text came back changed") { history, base in
            history.onAppend = { (event, position) async throws(ChatError) in
                var event = event
                event.text = event.text.untilZero
                return try await base.append(event, at: position)
            }
        },
    ]

    private static let reading: [Sabotage] = [
        Sabotage(.orderIsByTimeThenID, caughtWith: "in another order") { history, base in
            history.onMessages = { (query) async throws(ChatError) in
                var page = try await base.messages(query)
                // As a database with signed numbers only would.
                let sign = query.order == .oldestFirst ? 1 : -1
                page.messages.sort {
                    let (left, right) = ($0.event, $1.event)
                    guard left.createdAt == right.createdAt else {
                        return sign == 1 ? left.createdAt < right.createdAt : left.createdAt > right.createdAt
                    }
                    let (low, high) = (Int64(bitPattern: left.messageID.low), Int64(bitPattern: right.messageID.low))
                    return sign == 1 ? low < high : low > high
                }
                return page
            }
        },
        Sabotage(.pagesJoinToTheWhole, caughtWith: "left messages out or repeated") { history, base in
            history.onMessages = { (query) async throws(ChatError) in
                var query = query
                // Goes on at the next time stamp, whatever was left of this one.
                let edge: UInt64 = query.order == .oldestFirst ? .max : 0
                query.after?.messageID = MessageID(high: edge, low: edge)
                return try await base.messages(query)
            }
        },
        Sabotage(.theLastPageHasNoCursor, caughtWith: "whether there is more") { history, base in
            history.onMessages = { (query) async throws(ChatError) in
                var page = try await base.messages(query)
                let isFull = page.messages.count == query.limit
                page.nextCursor = isFull ? page.messages.last.map { HistoryCursor(behind: $0.event) } : nil
                return page
            }
        },
        Sabotage(.boundsAreHalfOpen, caughtWith: "Wrong messages from") { history, base in
            history.onMessages = { (query) async throws(ChatError) in
                var query = query
                query.to = query.to?.advanced(by: .milliseconds(1))
                return try await base.messages(query)
            }
        },
        Sabotage(.anyPlaceIsACursor, caughtWith: "after the place") { history, base in
            history.onMessages = { (query) async throws(ChatError) in
                var query = query
                let all = try await base.messages(HistoryQuery(scope: query.scope, limit: 500)).messages
                if !all.contains(where: { HistoryCursor(behind: $0.event) == query.after }) { query.after = nil }
                return try await base.messages(query)
            }
        },
        Sabotage(.pagesHoldWhileMessagesCome, caughtWith: "came twice") { history, base in
            // A cursor stands for how many messages have been read.
            let counts = Locked([HistoryCursor: Int]())
            history.onMessages = { (query) async throws(ChatError) in
                var whole = query
                (whole.after, whole.limit) = (nil, 500)
                let all = try await base.messages(whole).messages
                let start = query.after.map { after in counts.withLock { $0[after] ?? 0 } } ?? 0
                let messages = Array(all.dropFirst(start).prefix(query.limit))
                guard start + messages.count < all.count, let last = messages.last else {
                    return HistoryPage(messages: messages, nextCursor: nil)
                }
                let cursor = HistoryCursor(behind: last.event)
                counts.withLock { $0[cursor] = start + messages.count }
                return HistoryPage(messages: messages, nextCursor: cursor)
            }
        },
        Sabotage(.limitsOutOfRangeAreRefused, caughtWith: "was not refused") { history, base in
            history.onMessages = { (query) async throws(ChatError) in
                var query = query
                query.limit = min(max(query.limit, 1), 500)
                return try await base.messages(query)
            }
        },
    ]

    private static let trouble: [Sabotage] = [
        Sabotage(.ofManyAtOnceOneStores, caughtWith: "not exactly one stored") { history, base in
            // As if two had looked before either stored.
            let calls = Locked([HistoryCursor: Int]())
            history.onAppend = { (event, position) async throws(ChatError) in
                _ = try await base.append(event, at: position)
                let count = calls.withLock { calls in
                    calls[HistoryCursor(behind: event), default: 0] += 1
                    return calls[HistoryCursor(behind: event)] ?? 0
                }
                return count <= 2 ? .stored : .alreadyStored
            }
        },
        Sabotage(.aCancelledAppendIsWholeOrNothing, caughtWith: "was not there once") { history, base in
            // Knows the id before it has the message.
            let known = Locked(Set<HistoryCursor>())
            history.onAppend = { (event, position) async throws(ChatError) in
                guard known.withLock({ $0.insert(HistoryCursor(behind: event)).inserted }) else {
                    return .alreadyStored
                }
                guard !Task.isCancelled else { throw ChatError(.cancelled, "Storing was cancelled.") }
                return try await base.append(event, at: position)
            }
        },
        Sabotage(.storedMessagesSurviveACrash, caughtWith: "gone after a crash") {
            HistoryRepositorySubject(BrokenHistory(), restart: { BrokenHistory() })
        },
        Sabotage(.repeatsAreKnownAfterACrash, caughtWith: "taken for a new message after a crash") {
            let base = InMemoryHistoryRepository()
            return HistoryRepositorySubject(
                BrokenHistory(base),
                restart: {
                    var history = BrokenHistory(base)
                    history.onAppend = { (event, position) async throws(ChatError) in
                        _ = try await base.append(event, at: position)
                        return .stored
                    }
                    return history
                }
            )
        },
        Sabotage(.podsShareOneStore, caughtWith: "One pod did not know") {
            HistoryRepositorySubject(BrokenHistory(), another: { BrokenHistory() })
        },
    ]
}
