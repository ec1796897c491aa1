/// Decides what both sides of a connection say again when it gets another transport (signalr.md §9).
///
/// Both sides count the messages that matter, each direction from 1. What was sent is kept until it is acknowledged; what is
/// received twice is dropped.
struct StatefulReconnect: Sendable {
    /// What becomes of a message.
    enum Verdict: Hashable {
        case take
        /// It was received before, it comes before its time, or it is meant for nobody but this.
        case drop
        /// The client speaks of messages that never were.
        case fault(String)
    }

    /// What is due by now.
    enum Due: Hashable {
        case nothing
        /// What was received is to be acknowledged up to this number.
        case acknowledge(Int64)
        /// No transport came in time.
        case expire
        /// The client has a transport and does not say where it begins.
        case sequenceTimeout
    }

    private enum Link: Hashable {
        case attached
        case lost(until: ContinuousClock.Instant)
        case awaitingSequence(until: ContinuousClock.Instant)
    }

    /// Records that are sent and kept together.
    private struct Kept {
        let first: Int64
        let last: Int64
        let records: [UInt8]
    }

    private let limit: Int
    private var link = Link.attached
    private var kept: [Kept] = []
    /// Where the first that is not acknowledged stands; those before it are done with.
    private var head = 0
    /// The bytes that are kept.
    private(set) var keptBytes = 0
    private var lastSent: Int64 = 0
    /// The number of the message that comes next; not above ``lastReceived`` while the client repeats itself.
    private var nextReceived: Int64 = 1
    private var lastReceived: Int64 = 0
    private var owesAcknowledgement = false

    /// - Parameter limit: The bytes that may be kept.
    init(limit: Int) { self.limit = limit }
}

// MARK: - Sending

extension StatefulReconnect {
    /// Counts messages that are about to be sent and keeps their records; `false`, and nothing kept, beyond the limit.
    mutating func keep(_ records: [UInt8], count: Int) -> Bool {
        guard count > 0 else { return true }
        guard records.count <= self.limit - self.keptBytes else { return false }
        self.kept.append(Kept(first: self.lastSent + 1, last: self.lastSent + Int64(count), records: records))
        self.keptBytes += records.count
        self.lastSent += Int64(count)
        return true
    }

    private mutating func acknowledged(_ number: Int64) -> Verdict {
        guard number <= self.lastSent else { return .fault("an acknowledgement of what was not sent") }
        while self.head < self.kept.count, self.kept[self.head].last <= number {
            self.keptBytes -= self.kept[self.head].records.count
            self.head += 1
        }
        self.dropAcknowledged()
        return .drop
    }

    /// Gives memory back, and moves the rest only when that is the lesser part.
    private mutating func dropAcknowledged() {
        guard self.head > 0, self.head * 2 >= self.kept.count else { return }
        self.kept.removeFirst(self.head)
        self.head = 0
    }
}

// MARK: - Receiving

extension StatefulReconnect {
    /// Judges a message in its turn.
    mutating func receive(_ message: HubMessage) -> Verdict {
        if case .sequence(let number) = message { return self.begin(at: number) }
        if case .awaitingSequence = self.link { return .drop }
        switch message {
        case .invocation, .streamInvocation, .streamItem, .completion, .cancelInvocation: return self.count()
        case .ack(let number): return self.acknowledged(number)
        case .ping, .close, .unknown, .sequence: return .take
        }
    }

    private mutating func begin(at number: Int64) -> Verdict {
        guard (1...self.lastReceived + 1).contains(number) else { return .fault("a sequence that leaves messages out") }
        self.nextReceived = number
        self.link = .attached
        return .drop
    }

    /// Says that a repeated message is there, too: its acknowledgement may have been lost.
    private mutating func count() -> Verdict {
        let number = self.nextReceived
        self.nextReceived += 1
        self.owesAcknowledgement = true
        guard number > self.lastReceived else { return .drop }
        self.lastReceived = number
        return .take
    }
}

// MARK: - Transports

extension StatefulReconnect {
    /// Takes note that the transport is gone, and waits for another until `deadline`.
    mutating func lose(until deadline: ContinuousClock.Instant) { self.link = .lost(until: deadline) }

    /// Takes note of another transport, on which the client is to say before `deadline` where it begins.
    ///
    /// - Returns: The number to begin with, and all records that were not acknowledged.
    mutating func attach(until deadline: ContinuousClock.Instant) -> (sequence: Int64, records: [UInt8]) {
        self.link = .awaitingSequence(until: deadline)
        let rest = self.kept[self.head...]
        return (rest.first?.first ?? self.lastSent + 1, rest.flatMap(\.records))
    }

    /// What is due by now.
    mutating func tick(now: ContinuousClock.Instant) -> Due {
        switch self.link {
        case .lost(let deadline): return now >= deadline ? .expire : .nothing
        case .awaitingSequence(let deadline): return now >= deadline ? .sequenceTimeout : .nothing
        case .attached:
            guard self.owesAcknowledgement else { return .nothing }
            self.owesAcknowledgement = false
            return .acknowledge(self.lastReceived)
        }
    }

    /// Whether no transport is there.
    var isLost: Bool {
        switch self.link {
        case .lost: true
        case .attached, .awaitingSequence: false
        }
    }
}
