public import ChatifyCore

/// A law of the `ChatHistoryRepository` port.
public typealias HistoryRepositoryCheck = ConformanceCheck<HistoryRepositorySubject>

/// A history under test, and what a check may do to it.
public struct HistoryRepositorySubject: ConformanceSubject {
    /// The history; empty.
    public var repository: any ChatHistoryRepository
    /// Makes the instance of another pod over the same store, if the store is shared.
    public var another: (@Sendable () async throws -> any ChatHistoryRepository)?
    /// Crashes the history, without letting it put anything in order, and opens it again; if it is durable.
    public var restart: (@Sendable () async throws -> any ChatHistoryRepository)?
    /// How long one step may take before a check says that it hangs.
    public var patience: Duration

    /// Makes a subject; without `another` and `restart` the laws that need them do not apply.
    public init(
        _ repository: any ChatHistoryRepository,
        another: (@Sendable () async throws -> any ChatHistoryRepository)? = nil,
        restart: (@Sendable () async throws -> any ChatHistoryRepository)? = nil,
        patience: Duration = .seconds(30)
    ) {
        self.repository = repository
        self.another = another
        self.restart = restart
        self.patience = patience
    }

    /// What the history declares and the closures can show.
    public var offers: Set<ConformanceNeed> {
        let guarantees = self.repository.guarantees
        var offers: Set<ConformanceNeed> = []
        if guarantees.isDurable, self.restart != nil { offers.insert(.durability) }
        if guarantees.isShared, self.another != nil { offers.insert(.sharing) }
        return offers
    }

    func restarted() async throws -> any ChatHistoryRepository {
        guard let restart = self.restart else { throw BrokenLaw("There is no `restart`") }
        return try await restart()
    }

    func anotherPods() async throws -> any ChatHistoryRepository {
        guard let another = self.another else { throw BrokenLaw("There is no `another`") }
        return try await another()
    }
}

extension ChatHistoryRepository {
    /// Stores events that are new, one after the other.
    func store(_ events: [ChatEvent]) async throws {
        for event in events {
            let outcome = try await self.append(event, at: nil)
            try demand(outcome, is: .stored, "A new message was not stored")
        }
    }

    /// All messages of a scope, page by page; gives up on pages that never end.
    func whole(
        _ scope: ChatScope,
        order: HistoryOrder = .oldestFirst,
        limit: Int = 500
    ) async throws -> [HistoryMessage] {
        var (read, query) = ([HistoryMessage](), HistoryQuery(scope: scope, limit: limit, order: order))
        for _ in 0..<2000 {
            let page = try await self.messages(query)
            try demand(page.messages.count <= limit, "A page has more messages than its limit of \(limit)")
            read += page.messages
            query.after = page.nextCursor
            if query.after == nil { return read }
        }
        throw BrokenLaw("The pages of a scope with few messages do not end")
    }
}
