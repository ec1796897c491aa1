internal import ChatifyCore
internal import Logging

/// The threads of a store and the queues they serve: one writer, some readers, and one that minds the deadlines.
final class StoreThreads: Sendable {
    let writes: CallQueue<Write, WriteAnswer>
    let reads: CallQueue<Read, ReadAnswer>
    let damage = StoreDamage()
    private let metrics = StoreMetrics()
    private let file: StoreFile
    private let configuration: SQLiteConfiguration
    /// How many threads may still answer calls.
    private let working = Monitor(0)
    private let running = Locked((writers: [OwnedThread](), readers: [OwnedThread](), deadlines: [OwnedThread]()))

    init(file: StoreFile, configuration: SQLiteConfiguration) {
        self.file = file
        self.configuration = configuration
        self.writes = CallQueue(capacity: configuration.maximumWaitingCalls, timeout: configuration.timeout)
        self.reads = CallQueue(capacity: configuration.maximumWaitingCalls, timeout: configuration.timeout)
    }

    /// Starts the writer, which opens the file, and returns what the file says of the log.
    func startWriter(clock: ChatClock, logger: Logger) async throws(ChatError) -> LogReaders {
        let (file, configuration, queue) = (self.file, self.configuration, self.writes)
        let (damage, metrics) = (self.damage, self.metrics)
        let result = await withCheckedContinuation { continuation in
            let thread = self.makeThread {
                do throws(ChatError) {
                    let lock = try file.lock()
                    let writer = try StoreWriter.open(file, configuration, damage, metrics, clock, logger)
                    continuation.resume(returning: Result<LogReaders, ChatError>.success(writer.log))
                    // The lock goes last: when the connection closes it still writes.
                    withExtendedLifetime(lock) { Self.run(writer, queue) }
                } catch {
                    continuation.resume(returning: .failure(error))
                }
            }
            self.running.withLock { $0.writers.append(thread) }
        }
        return try result.get()
    }

    /// Writes until the queue is closed, then closes the connection.
    private static func run(_ writer: consuming StoreWriter, _ queue: CallQueue<Write, WriteAnswer>) {
        writer.run(queue)
    }

    /// Finds out, on a thread of its own, whether there is a file to read, ours and of this version.
    func checkFile() async throws(ChatError) {
        let file = self.file
        let result = await withCheckedContinuation { continuation in
            _ = OwnedThread {
                do throws(ChatError) {
                    _ = try file.openForReading()
                    continuation.resume(returning: Result<Void, ChatError>.success(()))
                } catch {
                    continuation.resume(returning: .failure(error))
                }
            }
        }
        try result.get()
    }

    /// Starts the readers and the thread that minds the deadlines.
    func startReaders() {
        let (file, reads, writes, damage, working) = (self.file, self.reads, self.writes, self.damage, self.working)
        let readers = (0..<max(1, self.configuration.readers)).map { _ in
            self.makeThread { StoreReader(file: file, damage: damage).run(reads) }
        }
        // It outlives the others: a call that waits for a disk that hangs ends in time also while the store is closed.
        let deadlines = OwnedThread {
            while working.wait(atMost: Self.deadlineInterval, until: { $0 == 0 ? true : nil }) == nil {
                writes.expire(now: .now)
                reads.expire(now: .now)
            }
        }
        self.running.withLock { running in
            running.readers += readers
            running.deadlines.append(deadlines)
        }
    }

    private func makeThread(_ body: @escaping @Sendable () -> Void) -> OwnedThread {
        let working = self.working
        working.withLock { count in count += 1 }
        return OwnedThread {
            body()
            working.withLockWakingAll { $0 -= 1 }
        }
    }

    /// How often the deadlines are looked at.
    private static let deadlineInterval = Duration.seconds(1)

    /// Refuses further calls; the threads end when they have done what they were handed.
    func beginClosing() {
        self.reads.close()
        self.writes.close()
    }

    /// Ends the threads; the writer last, because the last connection moves the write-ahead log into the database.
    func close() async {
        self.reads.close()
        for thread in self.running.withLock({ $0.readers }) { await thread.join() }
        self.writes.close()
        for thread in self.running.withLock({ $0.writers }) { await thread.join() }
        for thread in self.running.withLock({ $0.deadlines }) { await thread.join() }
    }
}
