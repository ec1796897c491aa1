internal import ChatifyCore

/// The way into a store: the queues of its threads, and what its readers share.
final class StoreCalls: Sendable {
    let log: LogReaders
    let clock: ChatClock
    let isDurable: Bool
    private let writes: CallQueue<Write, WriteAnswer>
    private let reads: CallQueue<Read, ReadAnswer>

    init(
        log: LogReaders,
        writes: CallQueue<Write, WriteAnswer>,
        reads: CallQueue<Read, ReadAnswer>,
        clock: ChatClock,
        isDurable: Bool
    ) {
        self.log = log
        self.writes = writes
        self.reads = reads
        self.clock = clock
        self.isDurable = isDurable
    }

    func write(_ write: Write) async throws(ChatError) -> WriteAnswer { try await self.writes.ask(write) }

    func read(_ read: Read) async throws(ChatError) -> ReadAnswer { try await self.reads.ask(read) }

    var history: HistoryReads { HistoryReads(queue: self.reads) }
}
