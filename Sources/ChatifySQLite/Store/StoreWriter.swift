internal import ChatifyCore
internal import Logging

/// The one that writes: lives on the writer thread, and owns the connection that may change the file.
///
/// All writes that wait at one moment go into one transaction, and are answered when it is committed: one wait for the
/// disk, however many they are.
final class StoreWriter {
    let log: LogReaders
    private let connection: SQLiteConnection
    private let configuration: SQLiteConfiguration
    private let damage: StoreDamage
    private let clock: ChatClock
    private let logger: Logger
    private let metrics: StoreMetrics
    /// The offset that the next record of each partition gets.
    private var ends: [Int64]
    private var scopes: ScopeNumbers
    private let statements: WriteStatements
    private var retention: RetentionPass
    private var writing = Trouble(begins: "Cannot write the database", ends: "Writing the database works again")
    private var tidying = Trouble(begins: "Cannot tidy up the database", ends: "Tidying up the database works again")
    /// When the offsets of consumers that commit by themselves are stored next, in uptime.
    private var nextOffsets = Duration.zero
    /// When checkpoint and retention are tried again after a failure, in uptime.
    private var nextTidying = Duration.zero

    private init(
        _ connection: SQLiteConnection,
        _ configuration: SQLiteConfiguration,
        _ damage: StoreDamage,
        _ metrics: StoreMetrics,
        _ clock: ChatClock,
        _ logger: Logger
    ) throws(SQLiteError) {
        self.connection = connection
        self.log = try LogReaders.load(connection)
        self.configuration = configuration
        self.damage = damage
        self.metrics = metrics
        self.clock = clock
        self.logger = logger
        self.ends = self.log.endOffsets
        self.scopes = try ScopeNumbers(connection)
        self.statements = try WriteStatements(connection)
        self.retention = try RetentionPass(connection, configuration.retention, groups: self.statements)
    }

    /// Opens the file and reads what it says of the log.
    static func open(
        _ file: StoreFile,
        _ configuration: SQLiteConfiguration,
        _ damage: StoreDamage,
        _ metrics: StoreMetrics,
        _ clock: ChatClock,
        _ logger: Logger
    ) throws(ChatError) -> StoreWriter {
        let connection = try file.openForWriting(configuration, now: clock.now())
        do throws(SQLiteError) {
            return try StoreWriter(connection, configuration, damage, metrics, clock, logger)
        } catch {
            throw file.refusal(error)
        }
    }

    /// Writes until the queue is closed and empty.
    func run(_ queue: CallQueue<Write, WriteAnswer>) {
        while let calls = queue.take(limit: Self.maximumBatch, waitingAtMost: self.pause) {
            if calls.isEmpty {
                self.commitOffsets()
                self.tidyUp()
            } else {
                let begin = ContinuousClock.now
                queue.answer(calls, with: self.perform(calls.map(\.call)))
                let cost = begin.duration(to: .now)
                self.metrics.noteCommit(of: calls.count, in: cost)
                self.tidyUp()
                queue.gather(calls.count, for: min(cost / 4, Self.longestGathering))
            }
        }
        self.commitOffsets()
    }

    private var pause: Duration { self.retention.isBusy && self.tidying.error == nil ? .zero : Self.idleInterval }

    /// The most writes of one transaction: beyond that a failure would take too many with it.
    private static let maximumBatch = 4096
    /// How long the thread waits, at most, for those it has just answered to come back.
    private static let longestGathering = Duration.microseconds(500)
    /// How long the thread waits for writes before it looks after the file.
    private static let idleInterval = Duration.seconds(1)
}

extension StoreWriter {
    /// Carries out writes in one transaction and returns their answers, in order.
    private func perform(_ writes: [Write]) -> [Result<WriteAnswer, ChatError>] {
        var batch = WriteBatch(ends: self.ends)
        let commits = self.connection.commits
        do throws(SQLiteError) {
            let dueOffsets = self.dueOffsets()
            let answers = try self.connection.inTransaction { () throws(SQLiteError) in
                for (group, offsets) in dueOffsets { try self.statements.commit(group: group, offsets: offsets) }
                var answers: [Result<WriteAnswer, ChatError>] = []
                answers.reserveCapacity(writes.count)
                for write in writes { answers.append(.success(try self.apply(write, &batch))) }
                return answers
            }
            self.ends = batch.ends
            self.log.committed(batch, and: dueOffsets)
            // A transaction that changes nothing ends without the disk, and proves nothing.
            if self.connection.commits != commits { self.writing.succeeded(self.logger) }
            return answers
        } catch {
            self.scopes.forget()
            // One that can never be stored must not take the others with it.
            if writes.count > 1, error.kind == .row { return writes.flatMap { self.perform([$0]) } }
            self.damage.note(error)
            self.writing.failed(error, self.logger)
            return writes.map { .failure($0.failure(error)) }
        }
    }

    /// The offsets of consumers that commit by themselves, once in a while.
    private func dueOffsets() -> [(group: String, offsets: [Int64])] {
        let now = self.clock.uptime()
        guard now >= self.nextOffsets else { return [] }
        self.nextOffsets = now + Self.idleInterval
        return self.log.offsetsToCommit()
    }

    private func apply(_ write: Write, _ batch: inout WriteBatch) throws(SQLiteError) -> WriteAnswer {
        switch write {
        case .produce(let event, let headers): return .position(try self.produce(event, headers, &batch))
        case .append(let event, let position): return .outcome(try self.keep(event, at: position))
        case .join(let group, let offsets):
            try self.statements.join(group: group, offsets: offsets, now: self.clock.now())
        case .commit(let group, let offsets):
            try self.statements.commit(group: group, offsets: offsets)
            batch.commits.append((group, offsets))
        case .removeGroup(let group):
            // Here and not where it is asked for, so that whoever joins afterwards is written afterwards.
            guard self.log.remove(group) else { return .isRemoved(false) }
            try self.statements.remove(group: group)
            return .isRemoved(true)
        case .probe: if self.writing.error != nil { try self.statements.probe(now: self.clock.now()) }
        }
        return .done
    }

    private func produce(
        _ event: ChatEvent,
        _ headers: RecordHeaders,
        _ batch: inout WriteBatch
    ) throws(SQLiteError) -> LogPosition {
        let partition = CRC32.partition(of: event.scope.id, among: self.log.partitions)
        let position = LogPosition(partition: partition, offset: batch.ends[Int(partition)])
        let scope = try self.scopes.number(of: event.scope, in: self.connection)
        try self.statements.insertMessage(event, scope: scope, at: position)
        try self.statements.insertRecord(event, scope: scope, headers: headers, at: position)
        batch.ends[Int(partition)] += 1
        batch.records.append(ChatRecord(position: position, payload: .event(event), headers: headers))
        return position
    }

    private func keep(_ event: ChatEvent, at position: LogPosition?) throws(SQLiteError) -> AppendOutcome {
        let scope = try self.scopes.number(of: event.scope, in: self.connection)
        try self.statements.insertMessage(event, scope: scope, at: position)
        return self.connection.hasChanged ? .stored : .alreadyStored
    }
}

// What the thread does between batches.
extension StoreWriter {
    /// Checkpoint and retention: after the answers, so that nobody's send waits for them alone.
    ///
    /// If they fail nothing is lost: the pages are in the write-ahead log, which grows until a later attempt succeeds.
    private func tidyUp() {
        let uptime = self.clock.uptime()
        guard uptime >= self.nextTidying else { return }
        do throws(SQLiteError) {
            if self.connection.pagesInWAL >= self.configuration.checkpointPages { try self.connection.checkpoint() }
            try self.retention.step(self.connection, log: self.log, now: self.clock.now(), uptime: uptime)
            self.tidying.succeeded(self.logger)
        } catch {
            self.damage.note(error)
            self.tidying.failed(error, self.logger)
            self.nextTidying = uptime + Self.idleInterval
        }
    }

    /// Stores the offsets of consumers that commit by themselves, if nothing was written that took them along.
    private func commitOffsets() {
        guard !self.log.offsetsToCommit().isEmpty else { return }
        self.nextOffsets = .zero
        _ = self.perform([])
    }
}

/// What one transaction changes beyond the file, valid once it is committed.
struct WriteBatch {
    var ends: [Int64]
    var records: [ChatRecord] = []
    var commits: [(group: String, offsets: [Int64])] = []
}
