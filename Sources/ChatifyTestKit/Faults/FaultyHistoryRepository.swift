public import ChatifyCore

/// A history whose calls fail, before or after they were done, are delayed, and are made twice.
public struct FaultyHistoryRepository: ChatHistoryRepository {
    private let base: any ChatHistoryRepository
    private let faults: FaultSource

    /// Wraps a history.
    public init(_ base: any ChatHistoryRepository, faults: FaultSource) {
        self.base = base
        self.faults = faults
    }

    /// What the wrapped history gives.
    public var guarantees: HistoryGuarantees { self.base.guarantees }

    /// Stores an event, unless the plan has it otherwise.
    public func append(_ event: ChatEvent, at position: LogPosition?) async throws(ChatError) -> AppendOutcome {
        try await self.faults.call(mayRepeat: true) { () async throws(ChatError) in
            try await self.base.append(event, at: position)
        }
    }

    /// Reads a page, unless the plan has it otherwise.
    public func messages(_ query: HistoryQuery) async throws(ChatError) -> HistoryPage {
        try await self.faults.call { () async throws(ChatError) in try await self.base.messages(query) }
    }
}
