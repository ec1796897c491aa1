internal import ChatifyCore

/// What a faulty consumer has taken from its log and its reader has not yet committed.
///
/// Keeps the contract whatever goes wrong: nothing is lost, and within a partition the order is that of the log. Records that come again do
/// so with all that came after them in their partition, as from a committed offset.
struct RecordsOnTheWay: Sendable {
    /// To be given next, before anything new.
    private var pending: [ChatRecord] = []
    /// Given and not committed; the latest of them, as nobody may ever commit.
    private var given: [ChatRecord] = []
    private static let mostGiven = 1000

    /// Whether something can be given without asking the log.
    var hasPending: Bool { !self.pending.isEmpty }

    /// Takes what the log gave.
    mutating func take(_ batch: [ChatRecord]) { self.pending += batch }

    /// Makes all that was given and not committed come again.
    mutating func rewind() {
        self.pending = self.given + self.pending
        self.given = []
    }

    /// Gives up to `limit` records; `shuffle` lets partitions overtake one another.
    mutating func give(_ limit: Int, shuffle: UInt64?) -> [ChatRecord] {
        if let shuffle { self.pending = Self.interleaved(self.pending, by: shuffle) }
        let batch = Array(self.pending.prefix(limit))
        self.pending.removeFirst(batch.count)
        self.given = (self.given + batch).suffix(Self.mostGiven)
        return batch
    }

    /// Forgets what is done with, also where it was about to come again.
    mutating func commit(_ positions: [LogPosition]) {
        for done in positions {
            let isDone = { (record: ChatRecord) in
                record.position.partition == done.partition && record.position.offset <= done.offset
            }
            self.given.removeAll(where: isDone)
            self.pending.removeAll(where: isDone)
        }
    }

    /// The partitions one after the other, beginning with another one for each number; each in its own order.
    private static func interleaved(_ records: [ChatRecord], by shuffle: UInt64) -> [ChatRecord] {
        let groups = Dictionary(grouping: records) { $0.position.partition }.sorted { $0.key < $1.key }.map(\.value)
        guard groups.count > 1 else { return records }
        let start = Int(shuffle % UInt64(groups.count))
        return (groups[start...] + groups[..<start]).flatMap { $0 }
    }
}
