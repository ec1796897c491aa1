internal import CSQLite
internal import ChatifyCore
internal import ChatifySQLite
internal import TestSupport
internal import Testing

/// The workload again and again, with a fault at its first, second, third … operation, until it runs clean.
@Suite(.timeLimit(.minutes(5))) struct DiskFaultTests {
    /// Operations that may fail.
    enum Kind: CaseIterable, Sendable {
        case write, sync, truncate, diskFull, databaseOnly, logOnly, read, open, size, lock, delete

        /// The `first` of them fails.
        func fault(first: Int, count: Int) -> DiskFault {
            switch self {
            case .write: DiskFault(operations: [.write], first: first, count: count)
            case .sync: DiskFault(operations: [.sync], first: first, count: count)
            case .truncate: DiskFault(operations: [.truncate], first: first, count: count)
            case .diskFull: DiskFault(operations: [.write], first: first, count: count, code: SQLITE_FULL)
            case .databaseOnly:
                DiskFault(operations: DiskOperation.changes, files: [.database], first: first, count: count)
            case .logOnly:
                DiskFault(operations: DiskOperation.changes, files: [.writeAheadLog], first: first, count: count)
            case .read: DiskFault(operations: [.read], first: first, count: count)
            case .open: DiskFault(operations: [.open, .mapShared], first: first, count: count)
            case .size: DiskFault(operations: [.size], first: first, count: count)
            case .lock: DiskFault(operations: [.lockShared], first: first, count: count)
            case .delete: DiskFault(operations: [.delete], first: first, count: count)
            }
        }

        /// Whether a fault that stays makes every write fail.
        var keepsFromWriting: Bool {
            switch self {
            case .write, .sync, .diskFull, .logOnly: true
            default: false
            }
        }
    }

    /// What the test is to find out, whether opening the store has failed or not.
    private func run(_ kind: Kind, first: Int, count: Int, _ what: Comment) async throws -> Bool {
        let folder = TemporaryFolder()
        var workload = Workload(on: folder.disk)
        folder.disk.fail(kind.fault(first: first, count: count))
        let log = CapturingLog()
        do {
            try await withStore(in: folder, Workload.configuration, log: log) { store in
                try await workload.run(on: store)
                if folder.disk.raised > 0, count > 1, kind.keepsFromWriting {
                    let error = await #expect(throws: ChatError.self, what) { try await store.checkWriting() }
                    #expect(error?.code == .unavailable, what)
                    #expect(log.errors.contains { $0.message == "Cannot write the database" }, what)
                }
                folder.disk.heal()
                try await store.checkWriting()
                #expect(try await workload.ledger.brokenPromises(of: store) == [], what)
                // Each is said once when it begins, and once when it is over.
                for lines in [log.errors.map(\.message), log.notices.map(\.message)] {
                    #expect(lines.sorted() == Set(lines).sorted(), what)
                }
                let hasFailed = log.errors.contains { $0.message == "Cannot write the database" }
                #expect(log.notices.contains { $0.message == "Writing the database works again" } == hasFailed, what)
            }
        } catch let error as ChatError {
            #expect(error.code == .configuration, what)
            folder.disk.heal()
        }
        let raised = folder.disk.raised
        let broken = try await withStore(in: folder, Workload.configuration) { store in
            try await workload.ledger.brokenPromises(of: store)
        }
        #expect(broken == [], what)
        return raised > 0
    }

    @Test(arguments: Kind.allCases)
    func aFaultLosesNothing(kind: Kind) async throws {
        var first = 1
        while try await self.run(kind, first: first, count: 1, "\(kind) \(first)") { first += 1 }
        #expect(first > 1, "Nothing has failed.")
    }

    @Test(arguments: Kind.allCases)
    func aFaultThatStaysLosesNothing(kind: Kind) async throws {
        var first = 1
        while try await self.run(kind, first: first, count: .max, "\(kind) from \(first) on") { first += 5 }
        #expect(first > 1, "Nothing has failed.")
    }
}
