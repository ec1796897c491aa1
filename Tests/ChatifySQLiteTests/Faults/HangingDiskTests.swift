internal import ChatifyCore
internal import ChatifySQLite
internal import TestSupport
internal import Testing

@Suite(.timeLimit(.minutes(5))) struct HangingDiskTests {
    private static let impatient: SQLiteConfiguration = {
        var configuration = SQLiteConfiguration()
        configuration.timeout = .milliseconds(100)
        configuration.maximumWaitingCalls = 8
        return configuration
    }()

    /// Sends, and returns the failure.
    private static func failureOfSending(_ number: UInt64, to store: SQLiteStore) async throws -> ChatError? {
        let event = try event(number)
        do throws(ChatError) {
            _ = try await store.log.produce(event, headers: RecordHeaders())
            return nil
        } catch {
            return error
        }
    }

    @Test func sendsFailInTimeAndGoOnAfterwards() async throws {
        let folder = TemporaryFolder()
        try await withStore(in: folder, Self.impatient) { store in
            _ = try await store.log.produce(try event(1), headers: RecordHeaders())
            folder.disk.holdSyncs()
            defer { folder.disk.releaseSyncs() }
            let hanging = Task { try await Self.failureOfSending(2, to: store) }
            await folder.disk.heldSyncs.wait(forCount: 1)
            let failures = try await withThrowingTaskGroup(of: ChatError?.self) { tasks in
                for number in 3..<43 as Range<UInt64> {
                    tasks.addTask { try await Self.failureOfSending(number, to: store) }
                }
                return try await tasks.reduce(into: []) { $0.append($1) }
            }
            let failure = try #require(try await hanging.value)
            #expect(failure.code == .eventProductionFailed)
            #expect(failure.message == "The disk did not answer in time; the outcome is unknown.")
            // Seven wait with the one that hangs; there is no room for others until those are given up.
            #expect(failures.allSatisfy { $0?.code == .eventProductionFailed })
            #expect(failures.count { $0?.message.contains("too much to do") == true } >= 1)
            let health = await #expect(throws: ChatError.self) { try await store.checkWriting() }
            #expect(health?.code == .unavailable)
            // Who reads does not wait for who writes.
            try await store.checkReading()
            let page = try await store.history.messages(HistoryQuery(scope: .channel(try ScopeID("general"))))
            #expect(page.messages.map(\.event) == [try event(1)])

            folder.disk.releaseSyncs()
            let last = try await store.log.produce(try event(99), headers: RecordHeaders())
            try await store.checkWriting()
            // What hung is there, as the thread had begun it; what was given up before that is not.
            let events = try await store.wholeLog(until: [try event(99)]).compactMap(\.event)
            #expect(events == [try event(1), try event(2), try event(99)])
            #expect(last.offset == 2)
        }
    }

    @Test func sendsFailInTimeAlsoWhileTheStoreIsClosed() async throws {
        let folder = TemporaryFolder()
        let store = try await SQLiteStore.open(
            path: folder.database,
            configuration: Self.impatient,
            logger: CapturingLog().logger
        )
        folder.disk.holdSyncs()
        let hanging = Task { try await Self.failureOfSending(1, to: store) }
        await folder.disk.heldSyncs.wait(forCount: 1)
        let closing = Task { await store.close() }
        #expect(try await hanging.value?.message.contains("in time") == true)
        folder.disk.releaseSyncs()
        await closing.value
        let refused = try await Self.failureOfSending(2, to: store)
        #expect(refused?.message == "The store is closed.")
        let messages = try await withStore(in: folder) { store in
            try await store.wholeHistory(of: .channel(try ScopeID("general")))
        }
        #expect(try messages.map(\.event) == [event(1)])
    }
}
