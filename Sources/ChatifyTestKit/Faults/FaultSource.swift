public import ChatifyCore

/// Gives each call its fault, until ``heal()``.
///
/// Several wrappers may share one; each call of any of them takes the plan's next number.
public final class FaultSource: Sendable {
    private struct State {
        var calls = 0
        var isHealed = false
    }

    private let plan: FaultPlan
    private let clock: ChatClock
    private let state = Locked(State())

    /// Makes a source; delays are by `clock`, so that a ``ManualClock`` makes them cost nothing.
    public init(_ plan: FaultPlan, clock: ChatClock) {
        self.plan = plan
        self.clock = clock
    }

    /// Ends all faults: calls that begin from now on go through as they are.
    public func heal() { self.state.withLock { $0.isHealed = true } }

    /// The calls so far.
    public var callCount: Int { self.state.withLock { $0.calls } }

    /// What happens to the next call.
    func next() -> FaultDecision {
        let number = self.state.withLock { state in
            defer { state.calls += 1 }
            return state.isHealed ? nil : state.calls
        }
        return number.map { self.plan.decision(forCall: $0) } ?? FaultDecision()
    }

    /// Waits; ends early with `cancelled`.
    func pause(_ duration: Duration) async throws(ChatError) {
        guard duration > .zero else { return }
        do {
            try await self.clock.sleep(duration)
        } catch {
            throw ChatError(.cancelled, "A delay on purpose was cancelled.")
        }
    }

    /// Makes a call with its fault; one that goes wrong on purpose fails with `code`.
    func call<Value: Sendable>(
        failingWith code: ChatError.Code = .unavailable,
        mayRepeat: Bool = false,
        _ body: () async throws(ChatError) -> Value
    ) async throws(ChatError) -> Value {
        let decision = self.next()
        try await self.pause(decision.delay)
        guard decision.failure != .before else { throw ChatError(code, "Nothing was done, on purpose.") }
        let value = try await body()
        // The answer is that of the first, as the caller made one call.
        if mayRepeat, decision.isDuplicated { _ = try await body() }
        guard decision.failure != .after else { throw ChatError(code, "The answer was lost, on purpose.") }
        return value
    }
}
