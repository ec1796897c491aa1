internal import ChatifyCore
internal import ChatifySQLite
internal import TestSupport
internal import Testing

@Suite(.timeLimit(.minutes(5))) struct LogWaitingTests {
    @Test func producingWakesAWaitingReader() async throws {
        try await withStore(in: TemporaryFolder()) { store in
            let consumer = try await store.log.makeConsumer(group: "g", startingAt: .beginning, commits: .automatic)
            for round in 0..<200 as Range<UInt64> {
                let event = try event(round, in: "scope-\(round)")
                async let batch = consumer.nextBatch(limit: 9)
                // With and without the reader having got as far as waiting.
                if round.isMultiple(of: 2) { for _ in 0..<20 { await Task.yield() } }
                _ = try await store.log.produce(event, headers: RecordHeaders())
                #expect(try await batch.map(\.event) == [event])
            }
        }
    }

    @Test func cancellationLosesNothing() async throws {
        var configuration = SQLiteConfiguration()
        configuration.partitions = 1
        let numbers = 0..<300 as Range<UInt64>
        let events = try numbers.map { try event($0) }
        try await withStore(in: TemporaryFolder(), configuration) { store in
            let consumer = try await store.log.makeConsumer(group: "g", startingAt: .beginning, commits: .manual)
            var read: [ChatEvent?] = []
            for (round, event) in events.enumerated() {
                let task = Task { try await consumer.nextBatch(limit: 9).map(\.event) }
                for _ in 0..<round % 7 { await Task.yield() }
                async let produced = store.log.produce(event, headers: RecordHeaders())
                task.cancel()
                _ = try await produced
                switch await task.result {
                case .success(let events): read += events
                case .failure(let error): #expect((error as? ChatError)?.code == .cancelled)
                }
            }
            while read.count < events.count { read += try await consumer.nextBatch(limit: 500).map(\.event) }
            #expect(read == events)
        }
    }

    @Test func cancelledBeforeItWaits() async throws {
        try await withStore(in: TemporaryFolder()) { store in
            let consumer = try await store.log.makeConsumer(group: "g", startingAt: .beginning, commits: .manual)
            _ = try await store.log.produce(try event(1), headers: RecordHeaders())
            let task = Task {
                withUnsafeCurrentTask { $0?.cancel() }
                return try await consumer.nextBatch(limit: 9)
            }
            let error = await #expect(throws: ChatError.self) { try await task.value }
            #expect(error?.code == .cancelled)
            #expect(try await consumer.nextBatch(limit: 9).map(\.event) == [try event(1)])
        }
    }

    @Test(arguments: [true, false])
    func closingEndsAWaitAndStaysClosed(isWholeStore: Bool) async throws {
        try await withStore(in: TemporaryFolder()) { store in
            let consumer = try await store.log.makeConsumer(group: "g", startingAt: .beginning, commits: .manual)
            let wait = Task { try await consumer.nextBatch(limit: 1) }
            for _ in 0..<20 { await Task.yield() }
            for _ in 0..<2 {
                if isWholeStore { await store.close() } else { await consumer.close() }
            }
            let waited = await #expect(throws: ChatError.self) { try await wait.value }
            #expect(waited?.code == .cancelled)
            let later = await #expect(throws: ChatError.self) { try await consumer.nextBatch(limit: 1) }
            #expect(later?.code == .cancelled)
        }
    }

    @Test func aWaitingMemberIsWokenByARebalance() async throws {
        var configuration = SQLiteConfiguration()
        configuration.partitions = 1
        try await withStore(in: TemporaryFolder(), configuration) { store in
            let owner = try await store.log.makeConsumer(group: "g", startingAt: .beginning, commits: .manual)
            let spare = try await store.log.makeConsumer(group: "g", startingAt: .beginning, commits: .manual)
            let event = try event(1)
            _ = try await store.log.produce(event, headers: RecordHeaders())
            async let batch = spare.nextBatch(limit: 9)
            for _ in 0..<20 { await Task.yield() }
            await owner.close()
            #expect(try await batch.map(\.event) == [event])
        }
    }

    @Test func aForgottenConsumerLeavesItsGroup() async throws {
        try await withStore(in: TemporaryFolder()) { store in
            let event = try event(1)
            _ = try await store.log.produce(event, headers: RecordHeaders())
            _ = try await store.log.makeConsumer(group: "g", startingAt: .beginning, commits: .manual)
            let heir = try await store.log.makeConsumer(group: "g", startingAt: .beginning, commits: .manual)
            #expect(try await heir.nextBatch(limit: 9).map(\.event) == [event])
        }
    }

    /// Nobody looks at the file again and again for those who wait.
    @Test func whoWaitsDoesNotRead() async throws {
        let folder = TemporaryFolder()
        var configuration = SQLiteConfiguration()
        // However slow the machine is, no pass of retention begins meanwhile.
        configuration.retention.interval = .seconds(86_400)
        try await withStore(in: folder, configuration) { store in
            let consumer = try await store.log.makeConsumer(group: "g", startingAt: .beginning, commits: .manual)
            let before = folder.disk.count(of: .lockShared)
            async let batch = consumer.nextBatch(limit: 1)
            for _ in 0..<1000 { await Task.yield() }
            #expect(folder.disk.count(of: .lockShared) == before)
            _ = try await store.log.produce(try event(1), headers: RecordHeaders())
            #expect(try await batch.count == 1)
        }
    }
}
