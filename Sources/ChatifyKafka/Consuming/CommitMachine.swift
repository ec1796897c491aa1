internal import ChatifyCore

/// Decides what is committed, and when.
///
/// One commit is under way at a time, an offset never goes backwards, and nothing is committed for a partition that is not ours or for a
/// record that was not given to the reader since the partition came. Waiters are numbers.
struct CommitMachine {
    struct Partition: Equatable {
        /// The first and the last record given to the reader.
        var given: ClosedRange<Int64>?
        /// The last record that the reader is done with.
        var done: Int64?
        /// The last record that the brokers know is done with.
        var kept: Int64?
    }

    /// What becomes of a reader's wish.
    enum RequestAction: Equatable {
        /// There is nothing to do; it is fulfilled.
        case none
        /// It is fulfilled when a commit ends.
        case wait
    }

    private(set) var partitions: [Int32: Partition] = [:]
    private var underWay: [Int32: Int64]?
    private var waitersUnderWay: [Int] = []
    private var waiters: [Int] = []

    /// Whether somebody waits for a commit that has not begun.
    var isAwaited: Bool { !self.waiters.isEmpty }
    /// Whether a commit is under way.
    var isUnderWay: Bool { self.underWay != nil }

    /// Takes note of partitions that are ours from now on.
    mutating func assigned(_ partitions: some Sequence<Int32>) {
        for partition in partitions { self.partitions[partition] = Partition() }
    }

    /// Takes note that partitions are not ours any more.
    ///
    /// - Returns: What of them is done with and not committed, to be committed at once if that still counts.
    mutating func revoked(_ partitions: some Sequence<Int32>) -> [LogPosition] {
        var rest: [LogPosition] = []
        for index in partitions {
            guard let partition = self.partitions.removeValue(forKey: index) else { continue }
            let known = max(partition.kept ?? -1, self.underWay?.removeValue(forKey: index) ?? -1)
            if let done = partition.done, done > known { rest.append(LogPosition(partition: index, offset: done)) }
        }
        return rest
    }

    /// Takes note of records given to the reader.
    mutating func gave(_ positions: some Sequence<LogPosition>) {
        for position in positions {
            guard var partition = self.partitions.removeValue(forKey: position.partition) else { continue }
            let first = min(partition.given?.lowerBound ?? position.offset, position.offset)
            partition.given = first...max(partition.given?.upperBound ?? position.offset, position.offset)
            self.partitions[position.partition] = partition
        }
    }

    /// Takes note that the reader is done with all that it was given.
    mutating func finishGiven() {
        for (index, partition) in self.partitions { self.partitions[index]?.done = partition.given?.upperBound }
    }

    /// Takes note of what the reader is done with, and who waits for it to be committed.
    mutating func request(_ positions: [LogPosition], waiter: Int) -> RequestAction {
        var isCovered = true
        for position in positions {
            guard var partition = self.partitions[position.partition],
                partition.given?.contains(position.offset) == true
            else { continue }
            partition.done = max(partition.done ?? position.offset, position.offset)
            self.partitions[position.partition] = partition
            isCovered = isCovered && position.offset <= partition.kept ?? -1
        }
        guard !isCovered else { return .none }
        self.waiters.append(waiter)
        return .wait
    }

    /// Begins a commit; `nil` if one is under way or there is nothing to commit.
    mutating func begin() -> [LogPosition]? {
        guard self.underWay == nil else { return nil }
        let due = self.partitions.compactMapValues { partition in
            partition.done.flatMap { $0 > partition.kept ?? -1 ? $0 : nil }
        }
        guard !due.isEmpty else { return nil }
        self.underWay = due
        (self.waitersUnderWay, self.waiters) = (self.waiters, [])
        return due.sorted { $0.key < $1.key }.map { LogPosition(partition: $0.key, offset: $0.value) }
    }

    /// Takes note that the commit under way has ended, and returns who waited for it.
    ///
    /// What was not kept is part of the next commit.
    mutating func ended(isKept: Bool) -> [Int] {
        for (index, offset) in self.underWay ?? [:] where isKept { self.partitions[index]?.keep(offset) }
        self.underWay = nil
        defer { self.waitersUnderWay = [] }
        return self.waitersUnderWay
    }

    /// Returns those whose wishes have come to nothing because the partitions are gone.
    mutating func takeIdleWaiters() -> [Int] {
        let isDue = self.partitions.values.contains { ($0.done ?? -1) > ($0.kept ?? -1) }
        guard !isDue else { return [] }
        defer { self.waiters = [] }
        return self.waiters
    }
}

extension CommitMachine.Partition {
    fileprivate mutating func keep(_ offset: Int64) {
        self.kept = max(self.kept ?? offset, offset)
    }
}
