internal import ChatifyCore

/// What was read for those who resume, kept while more of them come: of each partition the stretch that was read last.
///
/// When a pod has died, thousands want about the same part of a partition. The first has it read, the others find it here or read on where
/// it ends.
///
/// Bound: so many bytes over all partitions. Where there are more, other partitions go first, then what was read first.
struct ReplayMemory {
    /// Where a request stands.
    enum Step: Equatable {
        /// The log has to be read, from that offset on.
        case read(from: Int64)
        /// Everything that was asked for was read.
        case whole
        /// There is too much, or the log ends too early.
        case notWhole
    }

    private var stretches: [Int32: ReplayStretch] = [:]
    /// The bytes of all records that are kept.
    private(set) var bytes = 0
    private let maximumBytes: Int

    init(maximumBytes: Int) { self.maximumBytes = maximumBytes }

    var isEmpty: Bool { self.stretches.isEmpty }

    /// Finds out what has to be read for a request.
    mutating func begin(_ request: ReplayRequest) -> Step {
        if self.stretches[request.partition]?.leads(to: request.offsets) != true {
            self.forget(request.partition)
            self.stretches[request.partition] = ReplayStretch(at: request.offsets.lowerBound)
        }
        return self.step(request)
    }

    /// Takes the next record that was read for the request.
    mutating func take(_ record: ChatRecord, size: Int, for request: ReplayRequest) -> Step {
        guard record.position.partition == request.partition else { return self.step(request) }
        self.change(request.partition) { $0.append(record, size: size) }
        if self.bytes > self.maximumBytes { self.makeRoom(for: request) }
        return self.step(request)
    }

    /// Takes note that the log has nothing from that position on.
    mutating func end(at position: LogPosition, for request: ReplayRequest) -> Step {
        guard position.partition == request.partition else { return self.step(request) }
        self.change(request.partition) { $0.end(at: position.offset) }
        return self.step(request) == .whole ? .whole : .notWhole
    }

    /// Lets go of a partition, of which nothing can be read on.
    mutating func forget(_ partition: Int32) {
        self.bytes -= self.stretches.removeValue(forKey: partition)?.bytes ?? 0
    }

    /// The events that a request asks for, all of which were read; `nil` if there are more than it allows.
    func events(for request: ReplayRequest) -> [EnrichedChatEvent]? {
        self.stretches[request.partition]?.events(in: request.scopes, at: request.offsets, limit: request.limit)
    }

    private func step(_ request: ReplayRequest) -> Step {
        // Who wants more than may be kept loses its beginning, but those behind it go on from there.
        guard let stretch = self.stretches[request.partition], stretch.leads(to: request.offsets) else {
            return .notWhole
        }
        let end = stretch.offsets.upperBound
        return end >= request.offsets.upperBound ? .whole : .read(from: end)
    }

    private mutating func change(_ partition: Int32, _ change: (inout ReplayStretch) -> Void) {
        guard let before = self.stretches[partition]?.bytes else { return }
        // In place: a stretch is not copied for each record.
        change(&self.stretches[partition]!)
        self.bytes += self.stretches[partition]!.bytes - before
    }

    private mutating func makeRoom(for request: ReplayRequest) {
        for partition in self.stretches.keys where partition != request.partition { self.forget(partition) }
        let maximumBytes = self.maximumBytes
        self.change(request.partition) { $0.shrink(to: maximumBytes) }
    }
}
