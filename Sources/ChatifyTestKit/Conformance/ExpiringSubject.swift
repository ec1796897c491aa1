/// An adapter that keeps things for a while, and what a check may do to it.
///
/// Checks that require ``ConformanceNeed/time`` let things expire, for a few seconds or for what the adapter says is its expiry.
public struct ExpiringSubject<Adapter: Sendable>: ConformanceSubject {
    /// The adapter; it holds nothing.
    public var adapter: Adapter
    /// Lets that much time pass for the adapter, by a clock of the test's or in truth.
    public var wait: (@Sendable (Duration) async throws -> Void)?
    /// Makes the instance of another pod over the same store, if the store is shared.
    public var another: (@Sendable () async throws -> Adapter)?
    /// How long one step may take before a check says that it hangs.
    public var patience: Duration

    /// Makes a subject; without `wait` and `another` the laws that need them do not apply.
    public init(
        _ adapter: Adapter,
        wait: (@Sendable (Duration) async throws -> Void)? = nil,
        another: (@Sendable () async throws -> Adapter)? = nil,
        patience: Duration = .seconds(30)
    ) {
        self.adapter = adapter
        self.wait = wait
        self.another = another
        self.patience = patience
    }

    /// What the closures can show.
    public var offers: Set<ConformanceNeed> {
        var offers: Set<ConformanceNeed> = []
        if self.wait != nil { offers.insert(.time) }
        if self.another != nil { offers.insert(.sharing) }
        return offers
    }

    /// Lets time pass.
    func pass(_ duration: Duration) async throws {
        guard let wait = self.wait else { throw BrokenLaw("There is no `wait`") }
        try await wait(duration)
    }

    func anotherPods() async throws -> Adapter {
        guard let another = self.another else { throw BrokenLaw("There is no `another`") }
        return try await another()
    }
}
