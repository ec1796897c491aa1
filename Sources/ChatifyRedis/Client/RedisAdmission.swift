internal import Synchronization

/// The bound on commands in flight.
final class RedisAdmission: Sendable {
    private let inFlight = Atomic<Int>(0)
    private let maximum: Int

    init(maximum: Int) { self.maximum = maximum }

    var commandsInFlight: Int { self.inFlight.load(ordering: .relaxed) }

    /// Lets so many commands in, or answers false if they are too many; more than the bound may go alone.
    func admit(_ count: Int) -> Bool {
        var before = self.commandsInFlight
        while before + count <= self.maximum || before == 0 {
            let outcome = self.inFlight.weakCompareExchange(
                expected: before,
                desired: before + count,
                ordering: .relaxed
            )
            if outcome.exchanged { return true }
            before = outcome.original
        }
        return false
    }

    /// Makes room for others.
    func release(_ count: Int) { self.inFlight.wrappingSubtract(count, ordering: .relaxed) }
}
