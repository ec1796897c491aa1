internal import ChatifyCore

/// When a pod looks up who is online of those whom its connections watch, and whom it asks for.
///
/// Pure: one lookup at a time, no sooner than an interval after the last one began, and of no more users than a batch holds;
/// users beyond that take turns.
struct PresencePoll {
    private let interval: Duration
    private let batchSize: Int
    private var notBefore: ContinuousClock.Instant?
    private var isUnderWay = false
    private var isOver = false
    private var last: UserID?

    /// Begins with a lookup due at once.
    init(interval: Duration, batchSize: Int) {
        self.interval = interval
        self.batchSize = max(1, batchSize)
    }

    /// Begins a lookup if one is due; the caller says when it has ``ended()``.
    mutating func begin(at now: ContinuousClock.Instant) -> Bool {
        guard !self.isOver, !self.isUnderWay, self.notBefore.map({ now >= $0 }) ?? true else { return false }
        self.isUnderWay = true
        self.notBefore = now + self.interval
        return true
    }

    /// Notes that the lookup is over.
    mutating func ended() { self.isUnderWay = false }

    /// Begins no more lookups.
    mutating func stop() { self.isOver = true }

    /// Chooses whom to ask for: the users behind those of the last time, in the order of their ids, and around.
    mutating func batch(of users: Set<UserID>) -> [UserID] {
        guard users.count > self.batchSize else { return Array(users) }
        let sorted = users.sorted { $0.rawValue < $1.rawValue }
        let start = self.last.flatMap { last in sorted.firstIndex { $0.rawValue > last.rawValue } } ?? 0
        let batch = (sorted[start...] + sorted[..<start]).prefix(self.batchSize)
        self.last = batch.last
        return Array(batch)
    }
}
