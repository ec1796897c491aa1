internal import ChatifyCore

/// What this pod has read of the log not long ago, for clients that resume.
///
/// Of each partition it holds one stretch without gaps, which ends where the reading stands. When the reading leaves something out, the
/// stretch begins anew. Records that hold no event have their place in it like others. Of what it has forgotten it knows when each scope last
/// had an event, so that the members of a quiet scope need not reload because others talk.
///
/// Bound: so many bytes over all partitions, and an age; the records that were read first go first.
struct ReplayWindow {
    /// What a client gets from the window.
    enum Finding: Equatable {
        /// All events asked for, oldest first.
        case events([EnrichedChatEvent])
        /// There may be events before that offset which the window does not hold.
        case begins(Int64)
        /// There are more events than are allowed.
        case tooMany
    }

    private var stretches: [Int32: Stretch] = [:]
    private(set) var bytes = 0
    private let maximumBytes: Int
    private let maximumAge: Duration

    /// Makes an empty window.
    init(maximumBytes: Int, maximumAge: Duration) {
        self.maximumBytes = maximumBytes
        self.maximumAge = maximumAge
    }

    /// Per partition the offset of the record that comes next; what was never read is left out.
    var ends: [Int32: Int64] { self.stretches.mapValues(\.offsets.upperBound) }

    /// Takes note that the reading begins, or begins again, at these offsets.
    mutating func begin(at offsets: [Int32: Int64]) {
        for (partition, offset) in offsets where self.stretches[partition]?.offsets.upperBound != offset {
            self.restart(partition, at: offset)
        }
    }

    /// Adds what was read, in the order it was read.
    mutating func append(_ records: [ChatRecord], now: ContinuousClock.Instant) {
        for record in records { self.append(record, now: now) }
        self.trim(now: now)
    }

    /// Finds the events of `scopes` at these offsets, which end where the reading stands or stood.
    func find(_ scopes: [ChatScope], partition: Int32, offsets: Range<Int64>, limit: Int) -> Finding {
        guard let stretch = self.stretches[partition] else { return .begins(offsets.upperBound) }
        let held = stretch.offsets
        let isHeld = offsets.upperBound <= held.upperBound && stretch.hasAll(of: scopes, from: offsets.lowerBound)
        guard offsets.isEmpty || isHeld else {
            return .begins(min(held.lowerBound, offsets.upperBound))
        }
        let places = scopes.flatMap { stretch.places(of: $0, within: offsets, limit: limit) }
        guard places.count <= limit else { return .tooMany }
        return .events(
            places.sorted().compactMap { offset in
                stretch.event(at: offset).map {
                    EnrichedChatEvent(event: $0, position: LogPosition(partition: partition, offset: offset))
                }
            }
        )
    }
}

extension ReplayWindow {
    private mutating func append(_ record: ChatRecord, now: ContinuousClock.Instant) {
        let (partition, offset) = (record.position.partition, record.position.offset)
        guard self.stretches[partition]?.holds(record) != true else { return }
        if self.stretches[partition]?.offsets.upperBound != offset { self.restart(partition, at: offset) }
        self.stretches[partition]?.append(record, now: now)
        self.bytes += record.approximateSize
    }

    private mutating func restart(_ partition: Int32, at offset: Int64) {
        while self.stretches[partition]?.oldest != nil { self.removeFirst(of: partition) }
        self.stretches[partition] = Stretch(at: offset)
    }

    private mutating func trim(now: ContinuousClock.Instant) {
        while let (partition, readAt) = self.oldest, self.bytes > self.maximumBytes || now - readAt > self.maximumAge {
            self.removeFirst(of: partition)
        }
    }

    private var oldest: (partition: Int32, readAt: ContinuousClock.Instant)? {
        let heads = self.stretches.lazy.compactMap { partition, stretch in stretch.oldest.map { (partition, $0) } }
        return heads.min { $0.1 < $1.1 }
    }

    private mutating func removeFirst(of partition: Int32) {
        self.bytes -= self.stretches[partition]?.removeFirst() ?? 0
    }
}
