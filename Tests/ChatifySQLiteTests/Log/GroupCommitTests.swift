internal import ChatifyCore
internal import ChatifySQLite
internal import TestSupport
internal import Testing

@Suite(.timeLimit(.minutes(5))) struct GroupCommitTests {
    private static func produce(_ number: UInt64, to store: SQLiteStore) async throws {
        _ = try await store.log.produce(try event(number), headers: RecordHeaders())
    }

    @Test func whatWaitsAtOneMomentSharesOneSync() async throws {
        let folder = TemporaryFolder()
        let asked = Recorder<UInt64>()
        try await withStore(in: folder) { store in
            folder.disk.holdSyncs()
            async let first: Void = Self.produce(0, to: store)
            await folder.disk.heldSyncs.wait(forCount: 1)
            let before = folder.disk.count(of: .sync)
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                for number in 1...500 as ClosedRange<UInt64> {
                    tasks.addTask {
                        asked.record(number)
                        try await Self.produce(number, to: store)
                    }
                }
                await asked.wait(forCount: 500)
                folder.disk.releaseSyncs()
                try await tasks.waitForAll()
            }
            try await first
            // The first one's, one for nearly all others, and a few for those that were not quite in time.
            #expect(folder.disk.count(of: .sync) - before < 50)
            #expect(try await store.wholeHistory(of: try event(0).scope).count == 501)
        }
    }

    @Test func oneAfterTheOtherEachHasItsOwnSync() async throws {
        let folder = TemporaryFolder()
        try await withStore(in: folder) { store in
            try await Self.produce(0, to: store)
            let before = folder.disk.count(of: .sync)
            for number in 1...20 as ClosedRange<UInt64> { try await Self.produce(number, to: store) }
            #expect(folder.disk.count(of: .sync) - before >= 20)
        }
    }

    @Test func aFullQueueIsRefusedAtOnce() async throws {
        let folder = TemporaryFolder()
        var configuration = SQLiteConfiguration()
        configuration.maximumWaitingCalls = 1
        try await withStore(in: folder, configuration) { store in
            folder.disk.holdSyncs()
            async let first: Void = Self.produce(0, to: store)
            await folder.disk.heldSyncs.wait(forCount: 1)
            let error = await #expect(throws: ChatError.self) { try await Self.produce(1, to: store) }
            #expect(error?.code == .eventProductionFailed)
            #expect(error?.message == "The store has too much to do; try again later.")
            folder.disk.releaseSyncs()
            try await first
            try await Self.produce(2, to: store)
            #expect(try await store.wholeHistory(of: try event(0).scope).count == 2)
        }
    }
}
