internal import ChatifyCore

/// The way from a pod to one of the services it needs, with all that can go wrong on it.
final class Link: @unchecked Sendable {
    /// How the way is at present.
    struct Condition {
        /// Nothing gets through.
        var isCut = false
        /// The longest time that a call takes each way.
        var slowness: Duration = .milliseconds(4)
        /// How many of a hundred calls fail before they did anything.
        var failsBefore = 0
        /// How many of a hundred calls fail after they did what they were to do.
        var failsAfter = 0
    }

    var condition = Condition()
    private let world: World
    /// How long a caller waits for an answer.
    private let timeout: Duration = .seconds(3)

    init(world: World) { self.world = world }

    /// Carries a call there and its answer back.
    ///
    /// - Throws: ``ChatError/Code/unavailable`` if the way is cut or the call is to fail, whether or not `body` ran.
    func call<Answer: Sendable>(
        _ body: () async throws(ChatError) -> Answer
    ) async throws(ChatError) -> Answer {
        await self.travel()
        guard !self.condition.isCut else { throw await self.timedOut() }
        guard !self.world.random.percent(self.condition.failsBefore) else { throw Self.failed }
        let answer = try await body()
        await self.travel()
        guard !self.condition.isCut else { throw await self.timedOut() }
        guard !self.world.random.percent(self.condition.failsAfter) else { throw Self.failed }
        return answer
    }

    /// Waits until the way is open.
    func waitUntilOpen() async {
        while self.condition.isCut { await self.world.scheduler.sleep(.milliseconds(200)) }
    }

    /// Waits as long as one way takes.
    func travel() async {
        await self.world.scheduler.sleep(self.world.random.duration(upTo: self.condition.slowness))
    }

    private func timedOut() async -> ChatError {
        await self.world.scheduler.sleep(self.timeout)
        return Self.failed
    }

    private static let failed = ChatError(.unavailable, "The simulated service is out of reach.")
}
