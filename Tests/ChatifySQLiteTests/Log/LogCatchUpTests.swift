internal import ChatifyCore
internal import ChatifySQLite
internal import TestSupport
internal import Testing

/// Readers that begin with what is only in the file and end with what is only just produced.
@Suite(.timeLimit(.minutes(5))) struct LogCatchUpTests {
    /// More than are kept in memory, by their number and by their size.
    @Test(arguments: [(3000, 10), (900, 6000)])
    func noGapAndNoRepeatBetweenFileAndMemory(count: UInt64, length: Int) async throws {
        let folder = TemporaryFolder()
        var configuration = SQLiteConfiguration()
        configuration.partitions = 1
        let text = String(repeating: "x", count: length)
        func produce(_ numbers: Range<UInt64>, to store: SQLiteStore) async throws {
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                for number in numbers {
                    let event = try event(number, text: text)
                    tasks.addTask { _ = try await store.log.produce(event, headers: RecordHeaders()) }
                }
                try await tasks.waitForAll()
            }
        }
        try await withStore(in: folder, configuration) { store in try await produce(0..<count, to: store) }
        try await withStore(in: folder, configuration) { store in
            async let producing: Void = produce(count..<count * 2, to: store)
            let readers = try await withThrowingTaskGroup(of: [LogPosition].self) { tasks in
                for (reader, limit) in [1, 7, 100, 500].enumerated() {
                    tasks.addTask {
                        let consumer = try await store.log.makeConsumer(
                            group: "reader-\(reader)",
                            startingAt: .beginning,
                            commits: .automatic
                        )
                        var positions: [LogPosition] = []
                        while positions.count < count * 2 {
                            positions += try await consumer.nextBatch(limit: limit).map(\.position)
                        }
                        return positions
                    }
                }
                return try await tasks.reduce(into: []) { $0.append($1) }
            }
            try await producing
            for positions in readers { #expect(positions.map(\.offset) == Array(0..<Int64(count * 2))) }
        }
    }

    /// Members come and go while others produce; what was committed does not come again.
    @Test(arguments: 1...3)
    func churnLosesNothing(round: Int) async throws {
        let folder = TemporaryFolder()
        let done = Recorder<UInt64>()
        let total = 1000 as UInt64
        try await withStore(in: folder) { store in
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                for producer in 0..<50 as Range<UInt64> {
                    tasks.addTask {
                        for step in 0..<20 as Range<UInt64> {
                            let event = try event(producer * 20 + step, in: "scope-\(producer)")
                            _ = try await store.log.produce(event, headers: RecordHeaders())
                        }
                    }
                }
                for member in 0..<4 {
                    tasks.addTask { try await Self.comeAndGo(member, in: store, until: total, done) }
                }
                try await tasks.waitForAll()
            }
            #expect(Set(done.all) == Set(0..<total))
            let committed = store.log.committedOffsets(of: "g")?.reduce(0, +)
            #expect(committed.map { $0 <= Int64(total) } == true)
        }
    }

    private static func comeAndGo(
        _ member: Int,
        in store: SQLiteStore,
        until total: UInt64,
        _ done: Recorder<UInt64>
    ) async throws {
        while Set(done.all).count < total {
            let consumer = try await store.log.makeConsumer(group: "g", startingAt: .beginning, commits: .manual)
            for _ in 0..<3 + member where Set(done.all).count < total {
                let reader = Task { try await consumer.nextBatch(limit: 16) }
                for _ in 0..<10 { await Task.yield() }
                reader.cancel()
                guard let records = try? await reader.value else { continue }
                for record in records { done.record(try #require(record.event).messageID.low & 0xFFFF_FFFF) }
                try await consumer.commit(records.map(\.position))
            }
            await consumer.close()
        }
    }
}
