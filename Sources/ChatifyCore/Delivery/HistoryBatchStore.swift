internal import Logging

/// Stores a batch of records, several at a time, each with its retries.
struct HistoryBatchStore: Sendable {
    let repository: any ChatHistoryRepository
    let retry: RetryPolicy
    /// The most records being stored at one time.
    let width: Int
    let clock: ChatClock
    /// Draws the jitter of the retries.
    let random: @Sendable () -> UInt64
    let metrics: HistoryMetrics
    let logger: Logger

    /// What became of a record.
    enum Outcome: Sendable {
        case stored
        /// It can never be stored.
        case refused(DeadLetter)
        /// The store is out of reach; all retries are used up.
        case postponed(ChatError)
        /// It was not tried, or not to the end.
        case untried
    }

    /// Returns one outcome per record.
    ///
    /// Once a record is postponed or the task is to end no further record is begun.
    func store(_ records: [ChatRecord]) async -> [Outcome] {
        var outcomes = [Outcome](repeating: .untried, count: records.count)
        await withTaskGroup(of: (index: Int, outcome: Outcome).self) { group in
            var waiting = records.indices
            var isOpen = true
            func beginNext() {
                guard isOpen, !Task.isStopping, let index = waiting.popFirst() else { return }
                group.addTask { (index, await self.store(records[index])) }
            }
            for _ in 0..<max(1, self.width) { beginNext() }
            for await (index, outcome) in group {
                if case .postponed = outcome { isOpen = false }
                outcomes[index] = outcome
                beginNext()
            }
        }
        return outcomes
    }

    private func store(_ record: ChatRecord) async -> Outcome {
        switch record.payload {
        case .undecodable(let value, let reason): return .refused(DeadLetter(of: record, value: value, reason: reason))
        case .event(let event): return await self.store(event, of: record)
        }
    }

    private func store(_ event: ChatEvent, of record: ChatRecord) async -> Outcome {
        var retry = RetryMachine(policy: self.retry)
        while true {
            do throws(ChatError) {
                _ = try await self.repository.append(event, at: record.position)
                return .stored
            } catch {
                guard error.mayPass else {
                    let value = ChatEventCodec.encode(event)
                    return .refused(DeadLetter(of: record, value: value, reason: error.message))
                }
                guard !Task.isStopping else { return .untried }
                switch retry.failed(random: self.random()) {
                case .giveUp: return .postponed(error)
                case .retry(let delay):
                    self.metrics.countRetry()
                    await self.pause(delay, record, error)
                }
                guard !Task.isStopping else { return .untried }
            }
        }
    }

    private func pause(_ delay: Duration, _ record: ChatRecord, _ error: ChatError) async {
        self.logger.debug(
            "Storing an event failed and is tried again",
            metadata: ["position": "\(record.position)", "error": "\(error)", "delay": "\(delay)"]
        )
        await self.clock.pause(delay)
    }
}

extension ChatError {
    /// Whether the same append may succeed later; one that was cut short counts, for its outcome is unknown.
    fileprivate var mayPass: Bool { self.isTransient || self.code == .cancelled }
}

extension DeadLetter {
    fileprivate init(of record: ChatRecord, value: [UInt8], reason: String) {
        self.init(
            value: value,
            reason: reason,
            source: record.position,
            headers: record.headers,
            key: record.key
        )
    }
}
