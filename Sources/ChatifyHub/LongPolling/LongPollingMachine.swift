/// Decides what the polls of one connection are answered, and when the connection is given up (signalr.md §4).
///
/// Polls have numbers. The shell asks ``answer(to:now:)`` when a poll arrives and each time it is woken: when something
/// was written, when the connection has ended, when a newer poll has come, or when ``tick(now:)`` says so.
struct LongPollingMachine {
    /// What is due.
    enum Due: Hashable {
        case nothing
        /// The waiting poll has waited long enough.
        case wake
        /// Nobody polls any more: the connection is to be removed.
        case remove
    }

    private struct Poll {
        let number: Int
        let isFirst: Bool
        let deadline: ContinuousClock.Instant
    }

    private let limits: LongPollingLimits
    private var buffer: [UInt8] = []
    private var polls = 0
    /// The poll that waits; the newest.
    private var pending: Poll?
    /// Since when no poll waits.
    private var idleSince: ContinuousClock.Instant
    private var hasEnded = false
    /// Whether a poll was told of the end; further ones do not keep what is left of the connection.
    private var isTold = false

    /// Begins without a poll, as when the client's first request brings data.
    init(limits: LongPollingLimits, now: ContinuousClock.Instant) {
        self.limits = limits
        self.idleSince = now
    }

    /// The bytes that wait for a poll.
    var bufferedBytes: Int { self.buffer.count }

    /// Whether a poll waits.
    var isPolled: Bool { self.pending != nil }

    /// Takes a poll, which replaces the one that waits, and returns its number.
    mutating func begin(now: ContinuousClock.Instant) -> Int {
        self.polls += 1
        self.pending = Poll(number: self.polls, isFirst: self.polls == 1, deadline: now + self.limits.pollTimeout)
        return self.polls
    }

    /// The answer to a poll, `nil` as long as it has to wait.
    mutating func answer(to number: Int, now: ContinuousClock.Instant) -> LongPollAnswer? {
        guard let poll = self.pending, poll.number == number else { return .ended }
        guard poll.isFirst || !self.buffer.isEmpty || self.hasEnded || now >= poll.deadline else { return nil }
        self.cancel(number, now: now)
        // The first answer tells the client that it is connected; it would not look for data there.
        if poll.isFirst { return .data([]) }
        if self.buffer.isEmpty, self.hasEnded {
            self.isTold = true
            return .ended
        }
        defer { self.buffer = [] }
        return .data(self.buffer)
    }

    /// Forgets a poll whose client has gone; what is there waits for the next one.
    mutating func cancel(_ number: Int, now: ContinuousClock.Instant) {
        guard self.pending?.number == number else { return }
        self.pending = nil
        if !self.isTold { self.idleSince = now }
    }

    /// Keeps bytes for the next answer, or answers `false` if they would be too many.
    mutating func write(_ bytes: [UInt8]) -> Bool {
        guard !self.hasEnded, bytes.count <= self.limits.maximumBufferedBytes - self.buffer.count else { return false }
        // The first bytes are shared and not copied: a broadcast goes to many.
        if self.buffer.isEmpty { self.buffer = bytes } else { self.buffer += bytes }
        return true
    }

    /// Takes the last bytes, beyond the bound if need be; polls fetch what is there and are then told of the end.
    mutating func end(sending bytes: [UInt8]?) {
        guard !self.hasEnded else { return }
        self.hasEnded = true
        if let bytes { self.buffer += bytes }
    }

    /// Drops what is there and the poll that waits: the client wants no more.
    mutating func abort() {
        self.hasEnded = true
        self.buffer = []
        self.pending = nil
    }

    /// What is due by now.
    func tick(now: ContinuousClock.Instant) -> Due {
        if let pending = self.pending { return now >= pending.deadline ? .wake : .nothing }
        return now - self.idleSince >= self.limits.disconnectTimeout ? .remove : .nothing
    }
}
