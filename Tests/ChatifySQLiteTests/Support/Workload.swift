internal import ChatifyCore
internal import ChatifySQLite
internal import TestSupport

/// A little of everything that a store is asked for, with a ledger of what it answered.
///
/// Whatever fails is left out of the ledger, and the next thing is tried.
struct Workload {
    var ledger = Ledger()
    private let disk: FaultyDisk
    private var lastNumber: UInt64 = 0

    init(on disk: FaultyDisk) { self.disk = disk }

    /// Settings that make a checkpoint come soon.
    static let configuration: SQLiteConfiguration = {
        var configuration = SQLiteConfiguration()
        configuration.checkpointPages = 12
        return configuration
    }()

    mutating func run(on store: SQLiteStore) async throws {
        for scope in Ledger.scopes { try await self.send(in: scope, to: store) }
        try await self.sendTogether(5, to: store)
        await self.readAndCommit(limit: 4, on: store)
        try await self.keep(in: "random", in: store)
        // Longer than a page.
        for scope in Ledger.scopes { try await self.send(in: scope, length: 6000, to: store) }
        await self.readAndCommit(limit: 100, on: store)
        try await self.keep(in: Ledger.keptScope, in: store)
        try await self.send(in: "general", to: store)
        _ = try? await store.log.removeGroup("nobody")
    }

    private mutating func next(in scope: String, length: Int = 5) throws -> ChatEvent {
        self.lastNumber += 1
        let next = try event(self.lastNumber, in: scope, text: String(repeating: "x", count: length))
        self.ledger.attempted.insert(next)
        return next
    }

    private mutating func send(in scope: String, length: Int = 5, to store: SQLiteStore) async throws {
        let event = try self.next(in: scope, length: length)
        guard let position = try? await store.log.produce(event, headers: RecordHeaders()) else { return }
        self.ledger.sent.append(.init(event: event, position: position, changes: self.disk.recording.count))
    }

    private mutating func sendTogether(_ count: Int, to store: SQLiteStore) async throws {
        let events = try (0..<count).map { try self.next(in: Ledger.scopes[$0 % Ledger.scopes.count]) }
        let disk = self.disk
        self.ledger.sent += await withTaskGroup(of: Ledger.Entry?.self) { tasks in
            for event in events {
                tasks.addTask {
                    guard let position = try? await store.log.produce(event, headers: RecordHeaders()) else {
                        return nil
                    }
                    return Ledger.Entry(event: event, position: position, changes: disk.recording.count)
                }
            }
            return await tasks.reduce(into: []) { entries, entry in
                if let entry { entries.append(entry) }
            }
        }
    }

    private mutating func keep(in scope: String, in store: SQLiteStore) async throws {
        let event = try self.next(in: scope)
        guard (try? await store.history.append(event, at: nil)) != nil else { return }
        self.ledger.kept.append((event, self.disk.recording.count))
    }

    /// Reads only if there is something to read, which is so as soon as a send was acknowledged.
    private mutating func readAndCommit(limit: Int, on store: SQLiteStore) async {
        guard !self.ledger.sent.isEmpty,
            let consumer = try? await store.log.makeConsumer(
                group: Ledger.group,
                startingAt: .beginning,
                commits: .manual
            ), let records = try? await consumer.nextBatch(limit: limit)
        else { return }
        if (try? await consumer.commit(records.map(\.position))) != nil {
            let changes = self.disk.recording.count
            self.ledger.committed += records.map { ($0.position, changes) }
        }
        await consumer.close()
    }
}
