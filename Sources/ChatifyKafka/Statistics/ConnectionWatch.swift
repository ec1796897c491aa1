/// Decides what an operator has to hear of failing connections: once that they fail, and once that they do not any more.
///
/// librdkafka itself has a line for every broker and every half a minute.
struct ConnectionWatch {
    enum Action: Equatable {
        case none
        /// Trouble begins.
        case warn
        /// It has ended.
        case notice
    }

    private enum State {
        /// Nobody has answered yet; whoever waits for that is told by other means.
        case opening
        case fine, failing
    }

    private var state = State.opening

    /// Takes note of a connection that failed or does not answer.
    mutating func failed() -> Action {
        guard self.state == .fine else { return .none }
        self.state = .failing
        return .warn
    }

    /// Takes note of a record that brokers have acknowledged.
    mutating func delivered() {
        if self.state == .opening { self.state = .fine }
    }

    /// Takes note of how all brokers are: it is well when one can be talked to, and the others as well or need not.
    mutating func saw(_ brokers: [KafkaBrokerStatistics]) -> Action {
        let isFine = brokers.contains { $0.isUp } && brokers.allSatisfy { $0.isUp || $0.isIdle }
        guard isFine else { return .none }
        defer { self.state = .fine }
        return self.state == .failing ? .notice : .none
    }
}
