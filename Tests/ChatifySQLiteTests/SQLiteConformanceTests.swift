internal import ChatifyCore
internal import ChatifySQLite
internal import ChatifyTestKit
internal import TestSupport
internal import Testing

/// The store keeps the laws of the ports, over crashes too.
@Suite(.timeLimit(.minutes(5))) struct SQLiteConformanceTests {
    @Test(arguments: HistoryRepositoryCheck.all.filter { !$0.requires.contains(.sharing) })
    func history(check: HistoryRepositoryCheck) async throws {
        let life = StoreLife()
        try await life.run { store in
            let subject = HistoryRepositorySubject(store.history, restart: { try await life.restart().history })
            try await check.run(on: subject)
        }
    }

    @Test(arguments: EventLogCheck.all.filter { !$0.requires.contains(.sharing) })
    func log(check: EventLogCheck) async throws {
        let life = StoreLife()
        try await life.run { store in
            let subject = EventLogSubject(
                Self.view(of: store),
                partitions: store.log.partitions,
                restart: { Self.view(of: try await life.restart()) },
                forget: { try life.forget($0) },
                breakDown: { await store.close() }
            )
            try await check.run(on: subject)
        }
    }

    private static func view(of store: SQLiteStore) -> EventLogView {
        EventLogView(producer: store.log, replaySource: store.log) {
            try await store.log.makeConsumer(group: $0, startingAt: $1, commits: $2)
        }
    }
}

/// A store that loses its power and is opened again from what its disk had then.
private final class StoreLife: Sendable {
    private let folder = TemporaryFolder()
    private let opened = Locked([(folder: TemporaryFolder, store: SQLiteStore)]())

    func run(_ body: (SQLiteStore) async throws -> Void) async throws {
        self.folder.disk.startRecording()
        let result: Result<Void, any Error>
        do {
            result = .success(try await body(try await self.open(self.folder)))
        } catch {
            result = .failure(error)
        }
        for life in self.opened.withLock({ $0 }) { await life.store.close() }
        try result.get()
    }

    /// What was not synced is lost, and what the old store does from now on does not count.
    func restart() async throws -> SQLiteStore {
        let image = DiskState(after: self.folder.disk.recording).image(losing: .allUnsynced)
        return try await self.open(try TemporaryFolder(holding: image))
    }

    /// Drops records as retention does.
    func forget(_ last: LogPosition) throws {
        try self.folder.execute(
            "DELETE FROM record WHERE partition = \(last.partition) AND offset <= \(last.offset)"
        )
    }

    private func open(_ folder: TemporaryFolder) async throws -> SQLiteStore {
        let store = try await SQLiteStore.open(path: folder.database, clock: .standing, logger: CapturingLog().logger)
        folder.disk.record(.syncFolder)
        self.opened.withLock { $0.append((folder, store)) }
        return store
    }
}
