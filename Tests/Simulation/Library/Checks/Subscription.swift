internal import ChatifyCore

/// What one connection was promised of one scope, and what it got so far.
///
/// From its join on, a connection gets what the log delivers to its pod, in that order, without gap or repeat; from a
/// resume that recovered on, it gets everything after the position it named.
struct Subscription {
    let scope: ChatScope
    let partition: Int
    /// The position that a resume named.
    let resumedAfter: Int64?
    /// Whether the server has answered.
    private(set) var isAnswered = false
    /// Everything from this offset on is promised; nil while nothing is.
    private var promisedFrom: Int64?
    /// The last record pushed.
    private(set) var last: Int64?
    /// How often the log may still deliver again what it delivered before.
    private var rewindsSeen: Int
    /// Pushed before the answer to a resume, which says what they mean.
    private var held: [Int64] = []
    /// Older events than this may be left out.
    private let liveFrom: Timestamp

    init(scope: ChatScope, partition: Int, resumedAfter: Int64?, rewinds: Int, liveFrom: Timestamp) {
        self.liveFrom = liveFrom
        self.scope = scope
        self.partition = partition
        self.resumedAfter = resumedAfter
        self.rewindsSeen = rewinds
    }

    /// Takes note of the server's answer.
    ///
    /// - Parameters:
    ///   - isRecovered: Whether a resume recovered; false for a join.
    ///   - next: The first offset that the pod has yet to read.
    /// - Returns: What is wrong, if anything is.
    mutating func answered(isRecovered: Bool, next: Int64, _ ledger: Ledger, rewinds: Int) -> String? {
        self.isAnswered = true
        self.promisedFrom = isRecovered ? self.resumedAfter.map { $0 + 1 } : next
        if isRecovered { self.last = self.resumedAfter }
        defer { self.held = [] }
        for offset in self.held {
            if let fault = self.check(offset, ledger, rewinds: rewinds) { return fault }
        }
        return nil
    }

    /// Takes note of a push.
    ///
    /// - Returns: What is wrong, if anything is.
    mutating func pushed(_ offset: Int64, _ ledger: Ledger, rewinds: Int) -> String? {
        guard self.isAnswered || self.resumedAfter == nil else {
            self.held.append(offset)
            return nil
        }
        return self.check(offset, ledger, rewinds: rewinds)
    }

    private mutating func check(_ offset: Int64, _ ledger: Ledger, rewinds: Int) -> String? {
        defer { self.last = offset }
        guard let last = self.last else {
            guard let from = self.promisedFrom, let first = self.next(after: from - 1, ledger) else {
                return nil
            }
            return offset <= first ? nil : "gap: got \(offset) first, \(first) was promised"
        }
        guard offset > last else {
            self.rewindsSeen += 1
            return self.rewindsSeen <= rewinds ? nil : "repeat: got \(offset) after \(last)"
        }
        let next = self.next(after: last, before: offset, ledger)
        return offset == next ? nil : "gap: got \(offset) after \(last), \(next ?? -1) comes next"
    }

    /// The first record that is promised and did not come, nil if there is none.
    func missing(_ ledger: Ledger) -> Int64? {
        guard let before = self.last ?? self.promisedFrom.map({ $0 - 1 }) else { return nil }
        return self.next(after: before, ledger)
    }

    /// The next record that must come; those that are too old need not, up to `limit`.
    private func next(after offset: Int64, before limit: Int64 = .max, _ ledger: Ledger) -> Int64? {
        var next = ledger.next(in: self.scope, after: offset)
        while let candidate = next, candidate < limit, self.isOld(candidate, ledger) {
            next = ledger.next(in: self.scope, after: candidate)
        }
        return next
    }

    private func isOld(_ offset: Int64, _ ledger: Ledger) -> Bool {
        let position = LogPosition(partition: Int32(self.partition), offset: offset)
        return ledger[position]?.event.map { $0.createdAt < self.liveFrom } ?? false
    }
}
