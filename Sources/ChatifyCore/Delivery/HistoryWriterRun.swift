internal import Logging

/// One run of a ``HistoryWriter``: what it knows between its steps.
struct HistoryWriterRun {
    private let writer: HistoryWriter
    private var tracker = OffsetTracker()
    private var logOutage: Outage
    private var commitOutage: Outage
    private var storeOutage: Outage
    private var sinkOutage: Outage

    init(_ writer: HistoryWriter) {
        self.writer = writer
        let outage = Outage(writer.configuration.backoff)
        (self.logOutage, self.commitOutage, self.storeOutage, self.sinkOutage) = (outage, outage, outage, outage)
    }

    mutating func run() async {
        while !Task.isStopping {
            guard let records = await self.nextBatch() else { continue }
            await self.process(records)
        }
        // What the log did not keep a moment ago is stored again at worst; nobody should wait for it once more.
        if !self.commitOutage.isOpen { await self.commit() }
    }

    /// Reads a batch; `nil` after an error and its pause.
    private mutating func nextBatch() async -> [ChatRecord]? {
        let writer = self.writer
        do throws(ChatError) {
            let records = try await untilShutdown { () async throws(ChatError) in
                try await writer.consumer.nextBatch(limit: writer.configuration.batchLimit)
            }
            if self.logOutage.succeeded() { writer.logger.notice("Reading the log for the history works again") }
            return records
        } catch {
            guard !Task.isStopping else { return nil }
            await writer.clock.pause(self.note(error, in: \.logOutage, "Cannot read the log for the history"))
            return nil
        }
    }

    /// Stores the records, those that the store does not take again and again, until all are done with.
    private mutating func process(_ records: [ChatRecord]) async {
        for record in records { self.tracker.begin(record.position) }
        var rest = records
        while !rest.isEmpty, !Task.isStopping {
            self.writer.metrics.showLag(of: rest, now: self.writer.clock.now())
            let settled = self.settle(rest, await self.writer.store.store(rest))
            await self.commit()
            await self.bury(settled.letters)
            rest = settled.rest
            if let error = settled.failure {
                await self.writer.clock.pause(self.note(error, in: \.storeOutage, "Cannot store events"))
            } else if settled.hasStored, self.storeOutage.succeeded() {
                self.writer.logger.notice("Storing events works again")
            }
        }
        self.writer.metrics.showLag(of: rest, now: self.writer.clock.now())
    }

    private typealias Settled = (
        rest: [ChatRecord], letters: [DeadLetter], failure: ChatError?, hasStored: Bool
    )

    private mutating func settle(_ records: [ChatRecord], _ outcomes: [HistoryBatchStore.Outcome]) -> Settled {
        var settled: Settled = ([], [], nil, false)
        for (record, outcome) in zip(records, outcomes) {
            switch outcome {
            case .stored:
                self.tracker.finish(record.position)
                settled.hasStored = true
            case .refused(let letter): settled.letters.append(letter)
            case .untried: settled.rest.append(record)
            case .postponed(let error):
                settled.failure = error
                settled.rest.append(record)
            }
        }
        self.writer.metrics.countStored(records.count - settled.letters.count - settled.rest.count)
        return settled
    }

    /// Hands over the dead letters, each until the sink has it.
    private mutating func bury(_ letters: [DeadLetter]) async {
        for letter in letters {
            while !Task.isStopping {
                do throws(ChatError) {
                    try await self.writer.deadLetters.send(letter)
                    self.tracker.finish(letter.source)
                    self.writer.metrics.countDeadLetter()
                    self.logBuried(letter)
                    break
                } catch {
                    guard !Task.isStopping else { return }
                    await self.writer.clock.pause(self.note(error, in: \.sinkOutage, "Cannot keep dead letters"))
                }
            }
        }
        if !letters.isEmpty { await self.commit() }
    }

    /// Commits what is done with; after a failure the next commit takes it along.
    private mutating func commit() async {
        let positions = self.tracker.committable
        guard !positions.isEmpty else { return }
        do throws(ChatError) {
            try await self.writer.consumer.commitShielded(positions)
            self.tracker.committed(positions)
            if self.commitOutage.succeeded() { self.writer.logger.notice("Committing offsets works again") }
        } catch {
            _ = self.note(error, in: \.commitOutage, "Cannot commit offsets; stored records may be read again")
        }
    }
}

extension HistoryWriterRun {
    /// Logs a failure, as a warning if it is the first in a row, and returns how long to pause.
    private mutating func note(
        _ error: ChatError,
        in outage: WritableKeyPath<HistoryWriterRun, Outage>,
        _ message: Logger.Message
    ) -> Duration {
        let (pause, isNew) = self[keyPath: outage].failed()
        self.writer.logger.log(
            level: isNew ? .warning : .debug,
            message,
            metadata: ["error": "\(error)", "pause": "\(pause)"]
        )
        return pause
    }

    private mutating func logBuried(_ letter: DeadLetter) {
        if self.sinkOutage.succeeded() { self.writer.logger.notice("Keeping dead letters works again") }
        let preview = PayloadPreview.text(of: letter.value, limit: self.writer.configuration.maximumPreviewLength)
        var metadata: Logger.Metadata = [
            "position": "\(letter.source)", "reason": "\(letter.reason)", "payload": "\(preview)",
        ]
        metadata["correlation-id"] = letter.headers.correlationID.map { "\($0)" }
        self.writer.logger.warning("Kept a record that cannot be stored as a dead letter", metadata: metadata)
    }
}
