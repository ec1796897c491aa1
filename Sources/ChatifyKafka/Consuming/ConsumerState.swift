internal import ChatifyCore

/// What the thread of a consumer and its reader share, under one lock.
struct ConsumerState {
    /// What a reader that asks gets.
    enum Take {
        case records([ChatRecord])
        case failure(ChatError)
        case nothing
        case closed
    }

    /// Somebody who waits for a commit.
    struct CommitWaiter {
        let deadline: ContinuousClock.Instant
        let continuation: CheckedContinuation<Result<Void, ChatError>, Never>
    }

    let commitMode: CommitMode
    var buffer: ReadBuffer
    var commits = CommitMachine()
    /// Where a consumer that is alone began.
    var starts: PartitionOffsets = [:]
    var reader: CheckedContinuation<Void, Never>?
    var commitWaiters: [Int: CommitWaiter] = [:]
    var lastWaiter = 0
    /// Why there are no records, to be said once.
    var trouble: ChatError?
    var lag: PartitionOffsets = [:]
    var statistics = KafkaStatistics()
    /// Whether the thread sleeps, or is about to, and nobody has woken it.
    var isAsleep = false
    /// Whether nothing is fetched because the buffer is full.
    var isPaused = false
    var isClosing = false

    init(_ role: ConsumerRole, _ configuration: KafkaClientConfiguration) {
        self.commitMode = role.commits
        self.buffer = ReadBuffer(
            maximumRecords: configuration.maximumBufferedRecords,
            maximumBytes: configuration.maximumBufferedBytes
        )
    }

    mutating func take(limit: Int) -> Take {
        // By asking for more a reader says that it is done with what it was given.
        if self.commitMode == .automatic { self.commits.finishGiven() }
        guard !self.isClosing else { return .closed }
        guard self.buffer.count > 0 else {
            defer { self.trouble = nil }
            return self.trouble.map(Take.failure) ?? .nothing
        }
        let records = self.buffer.take(limit)
        self.commits.gave(records.lazy.map(\.position))
        return .records(records)
    }

    /// What the reader is given next, as far as that is known.
    var nextOffsets: PartitionOffsets {
        self.commits.partitions.reduce(into: [:]) { offsets, entry in
            offsets[entry.key] = entry.value.given.map { $0.upperBound + 1 } ?? self.starts[entry.key]
        }
    }

    /// Whether a reader that asks now would get nothing, but may later.
    var isEmpty: Bool { self.buffer.count == 0 && self.trouble == nil && !self.isClosing }

    /// Keeps records for the reader, those of partitions that are ours.
    mutating func append(_ items: [ReadBuffer.Item]) {
        for item in items where self.commits.partitions[item.record.position.partition] != nil {
            self.buffer.append(item)
            self.trouble = nil
        }
    }

    /// Forgets partitions, and returns what of them is still to be committed.
    mutating func revoked(_ partitions: [Int32]) -> [LogPosition] {
        self.buffer.drop(partitions)
        return self.commits.revoked(partitions)
    }

    mutating func takeReader() -> CheckedContinuation<Void, Never>? {
        defer { self.reader = nil }
        return self.reader
    }

    mutating func takeWaiters(_ numbers: [Int]) -> [CommitWaiter] {
        numbers.compactMap { self.commitWaiters.removeValue(forKey: $0) }
    }

    /// Takes those whose time is over; what they wait for may still happen.
    mutating func takeWaiters(expiredAt now: ContinuousClock.Instant) -> [CommitWaiter] {
        self.takeWaiters(self.commitWaiters.filter { $0.value.deadline <= now }.map(\.key))
    }
}
