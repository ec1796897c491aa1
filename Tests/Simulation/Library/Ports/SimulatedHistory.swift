internal import ChatifyCore

/// A pod's way to the history that all pods share.
final class SimulatedHistory: ChatHistoryRepository, @unchecked Sendable {
    private let world: World
    private let link: Link

    init(world: World, link: Link) {
        self.world = world
        self.link = link
    }

    var guarantees: HistoryGuarantees { HistoryGuarantees(isDurable: true, isShared: true) }

    func append(_ event: ChatEvent, at position: LogPosition?) async throws(ChatError) -> AppendOutcome {
        try await self.link.call { () async throws(ChatError) in
            let outcome = try await self.world.history.append(event, at: position)
            self.world.stored(event, outcome)
            return outcome
        }
    }

    func messages(_ query: HistoryQuery) async throws(ChatError) -> HistoryPage {
        try await self.link.call { () async throws(ChatError) in try await self.world.history.messages(query) }
    }
}

/// A pod's way to the dead letters that all pods share.
final class SimulatedDeadLetters: DeadLetterSink, @unchecked Sendable {
    private let world: World
    private let link: Link

    init(world: World, link: Link) {
        self.world = world
        self.link = link
    }

    func send(_ letter: DeadLetter) async throws(ChatError) {
        try await self.link.call { () async throws(ChatError) in self.world.buried(letter) }
    }
}
