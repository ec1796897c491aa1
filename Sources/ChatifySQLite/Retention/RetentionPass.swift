internal import ChatifyCore

/// Goes round the file and drops what the settings allow, a little at a time between the writes.
///
/// First groups that nobody joins any more, then the log's records from the oldest on, partition by partition, then the history's
/// messages, scope by scope. Nothing that a group has yet to read goes.
struct RetentionPass {
    private enum Phase {
        case resting(until: Duration)
        case groups
        case log(partition: Int)
        case history(HistorySweep)
    }

    private let settings: SQLiteRetention
    private let statements: RetentionStatements
    private let groups: WriteStatements
    private var phase = Phase.resting(until: .zero)

    init(
        _ connection: SQLiteConnection,
        _ settings: SQLiteRetention,
        groups: WriteStatements
    ) throws(SQLiteError) {
        self.settings = settings
        self.groups = groups
        self.statements = try RetentionStatements(connection)
    }

    /// Whether there is work at hand, so that the next step should come soon.
    var isBusy: Bool {
        if case .resting = self.phase { false } else { true }
    }

    /// Does a bounded piece of work.
    mutating func step(
        _ connection: SQLiteConnection,
        log: LogReaders,
        now: Timestamp,
        uptime: Duration
    ) throws(SQLiteError) {
        switch self.phase {
        case .resting(let until):
            if uptime >= until { self.phase = .groups }
        case .groups:
            try self.dropGroups(connection, log, now)
            self.phase = .log(partition: 0)
        case .log(let partition):
            guard partition < log.partitions else {
                self.phase = try self.firstSweep(connection, now).map(Phase.history) ?? self.rest(uptime)
                return
            }
            let isDone = try self.trim(partition, connection, log, now)
            if isDone { self.phase = .log(partition: partition + 1) }
        case .history(var sweep):
            let isDone = try sweep.step(connection, self.statements, log)
            guard isDone else {
                self.phase = .history(sweep)
                return
            }
            self.phase = try self.sweep(after: sweep, connection, now).map(Phase.history) ?? self.rest(uptime)
        }
    }

    /// The most rows that one step drops.
    static let sliceRows = 500

    /// What a record takes in the file, about: its columns, twice its ids, and its share of the tree.
    private static let recordBytes: Int64 = 128

    private func rest(_ uptime: Duration) -> Phase { .resting(until: uptime + self.settings.interval) }
}

extension RetentionPass {
    private func dropGroups(_ connection: SQLiteConnection, _ log: LogReaders, _ now: Timestamp) throws(SQLiteError) {
        let limit = now.advanced(by: .zero - self.settings.groupAge)
        for group in log.groupsLeft(before: limit) where log.remove(group) {
            try connection.inTransaction { () throws(SQLiteError) in try self.groups.remove(group: group) }
        }
    }

    /// Drops the oldest records of a partition, and says whether there are no more to drop.
    private func trim(
        _ partition: Int,
        _ connection: SQLiteConnection,
        _ log: LogReaders,
        _ now: Timestamp
    ) throws(SQLiteError) -> Bool {
        let available = log.availableOffsets(of: partition)
        // The newest record stays: the next offset is told by it when the file is opened.
        let end = min(log.doneOffset(of: partition), available.upperBound - 1)
        let oldestToKeep = now.advanced(by: .zero - self.settings.logAge)
        let share = self.settings.logBytes.map { $0 / Self.recordBytes / Int64(log.partitions) }
        let firstToKeep = share.map { available.upperBound - max(1, $0) } ?? .min
        var boundary = available.lowerBound
        var count = 0
        try self.statements.oldestRecords(of: partition, before: end, limit: Self.sliceRows) { offset, createdAt in
            guard createdAt < oldestToKeep || offset < firstToKeep else { return false }
            boundary = offset + 1
            count += 1
            return true
        }
        guard count > 0 else { return true }
        try connection.inTransaction { () throws(SQLiteError) in
            try self.statements.trim(partition, before: boundary)
        }
        log.trimmed(partition, before: boundary)
        return count < Self.sliceRows
    }

    private func firstSweep(_ connection: SQLiteConnection, _ now: Timestamp) throws(SQLiteError) -> HistorySweep? {
        let isOverSize = try self.isOverSize(connection)
        guard self.settings.historyAge != nil || isOverSize else { return nil }
        let limit = self.settings.historyAge.map { now.advanced(by: .zero - $0) }
        return HistorySweep(before: limit ?? Timestamp(millisecondsSinceEpoch: .min))
    }

    /// The next sweep, if the file is still too large: a part of the time between its oldest message and now goes.
    private func sweep(
        after last: HistorySweep,
        _ connection: SQLiteConnection,
        _ now: Timestamp
    ) throws(SQLiteError) -> HistorySweep? {
        guard try self.isOverSize(connection), let oldest = last.oldestLeft, oldest < now else { return nil }
        let part = oldest.duration(to: now) / 64
        return HistorySweep(before: oldest.advanced(by: max(part, .milliseconds(1))))
    }

    private func isOverSize(_ connection: SQLiteConnection) throws(SQLiteError) -> Bool {
        guard let limit = self.settings.fileBytes else { return false }
        return try connection.usedBytes() > limit
    }
}
