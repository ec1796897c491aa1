package import ChatifySignalR

/// Where a hub takes time and connection names from, so that a simulation owns both.
package struct HubSurroundings: Sendable {
    /// The present.
    package var now: @Sendable () -> ContinuousClock.Instant
    /// Draws the names of a connection; the argument is the version of the negotiation.
    package var names: @Sendable (Int) -> ConnectionIdentity

    /// Makes surroundings of their parts.
    package init(
        now: @escaping @Sendable () -> ContinuousClock.Instant,
        names: @escaping @Sendable (Int) -> ConnectionIdentity
    ) {
        self.now = now
        self.names = names
    }

    /// Those of the operating system.
    package static let system = HubSurroundings(now: { .now }, names: { ConnectionIdentity(negotiateVersion: $0) })
}
