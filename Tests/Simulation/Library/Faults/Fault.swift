/// The kinds of things that go wrong in a world.
enum Fault: CaseIterable {
    /// A pod dies and comes back.
    case crash
    /// A pod is stopped as SIGTERM does it, and another comes.
    case stop
    /// A pod stands still and goes on.
    case pause
    /// A pod and one of its services do not reach each other.
    case partition
    /// A service answers slowly.
    case slowness
    /// Calls of a service fail before they did anything.
    case failBefore
    /// Calls of a service fail after they did what they were to do.
    case failAfter
    /// A consumer is put out of its group and joins again.
    case rebalance
    /// A pod's wall clock is set.
    case skew
    /// A record that holds no event comes into the log.
    case poison
    /// Many clients lose their connections at once.
    case storm
    /// A connection dies and neither end is told.
    case halfOpen
    /// A client takes in nothing for a time.
    case stall
}
