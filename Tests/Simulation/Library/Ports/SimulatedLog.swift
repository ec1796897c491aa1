internal import ChatifyCore

/// The log that all pods of a world share: the product's own in memory, watched.
final class SimulatedLog: @unchecked Sendable {
    /// The group that writes the history.
    static let historyGroup = "history"

    let memory: InMemoryEventLog
    private let world: World
    private var checkedOffsets: [Int64]

    init(world: World, partitions: Int) {
        self.world = world
        self.memory = InMemoryEventLog(partitions: Int32(partitions))
        self.checkedOffsets = Array(repeating: 0, count: partitions)
    }

    func append(_ event: ChatEvent, headers: RecordHeaders) async throws(ChatError) -> LogPosition {
        let position = try await self.memory.produce(event, headers: headers)
        self.world.appended(event, at: position)
        return position
    }

    /// Appends a record that holds no event.
    func poison(_ partition: Int) {
        let bytes = Array("not an event".utf8)
        guard
            let position = try? self.memory.appendUndecodable(
                value: bytes,
                reason: "poison",
                partition: Int32(partition)
            )
        else { return }
        self.world.appended(nil, at: position)
    }

    /// The committed offset goes forward only, and never past a record that is neither stored nor a dead letter.
    func checkCommits() {
        guard let committed = self.memory.committedOffsets(of: Self.historyGroup) else { return }
        for (partition, offset) in committed.enumerated() where offset != self.checkedOffsets[partition] {
            guard offset > self.checkedOffsets[partition] else {
                return self.world.violate("commits go forward", "partition \(partition) went back to \(offset)")
            }
            for number in self.checkedOffsets[partition]..<offset {
                let position = LogPosition(partition: Int32(partition), offset: number)
                guard self.world.ledger[position]?.isDone == true else {
                    return self.world.violate("stored before committed", "\(position) is committed but not stored")
                }
            }
            self.checkedOffsets[partition] = offset
        }
    }
}
