/// Decides when to stop reading because the reader is slow.
///
/// A buffer that is full is let be for a while: what librdkafka has read ahead stays where it is. Only then are the partitions paused,
/// which throws that away, so that the group can be served all the time.
struct FlowMachine {
    enum Action: Equatable {
        case none, pause, resume
    }

    private enum State: Equatable {
        case reading
        /// The buffer is full since then, and nothing is taken from librdkafka.
        case waiting(since: ContinuousClock.Instant)
        /// Nothing is fetched, and librdkafka is polled.
        case paused
    }

    private var state = State.reading

    /// How long nothing is taken from librdkafka at most.
    static let patience = Duration.milliseconds(500)

    /// Whether records are to be taken.
    var isReading: Bool { self.state == .reading }
    /// Whether nothing is fetched.
    var isPaused: Bool { self.state == .paused }
    /// Whether librdkafka is to be asked for what is not a record.
    var isPolling: Bool {
        if case .waiting = self.state { false } else { true }
    }

    /// Takes note of how full the buffer is: 1 is full, and below one half it is worth reading on.
    mutating func update(fill: Double, now: ContinuousClock.Instant) -> Action {
        switch self.state {
        case .reading where fill >= 1: self.state = .waiting(since: now)
        case .waiting where fill < 0.5: self.state = .reading
        case .waiting(let since) where since.duration(to: now) >= Self.patience:
            self.state = .paused
            return .pause
        case .paused where fill < 0.5:
            self.state = .reading
            return .resume
        case .reading, .waiting, .paused: break
        }
        return .none
    }
}
