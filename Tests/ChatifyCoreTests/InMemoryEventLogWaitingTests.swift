import ChatifyCore
import Testing

@Suite(.timeLimit(.minutes(5))) struct InMemoryEventLogWaitingTests {
    @Test func producingWakesAWaitingReader() async throws {
        let log = InMemoryEventLog()
        let consumer = log.makeConsumer(group: "g", startingAt: .beginning, commits: .automatic)
        for round in 0..<200 {
            async let batch = consumer.nextBatch(limit: 9)
            // With and without the reader having got as far as waiting.
            if round.isMultiple(of: 2) { for _ in 0..<20 { await Task.yield() } }
            try await log.produce(.sample(round, scope: "scope-\(round)"))
            #expect(try await batch.map(\.number) == [round])
        }
    }

    @Test func cancellationLosesNothing() async throws {
        let log = InMemoryEventLog(partitions: 1)
        let consumer = log.makeConsumer(group: "g", startingAt: .beginning, commits: .manual)
        var read: [Int?] = []
        for round in 0..<500 {
            let task = Task { () async -> Result<[Int?], ChatError> in
                do throws(ChatError) {
                    return .success(try await consumer.nextBatch(limit: 9).map(\.number))
                } catch {
                    return .failure(error)
                }
            }
            for _ in 0..<round % 7 { await Task.yield() }
            async let produced = log.produce(.sample(round))
            task.cancel()
            _ = try await produced
            switch await task.value {
            case .success(let numbers): read += numbers
            case .failure(let error): #expect(error.code == .cancelled)
            }
        }
        if read.count < 500 { read += try await consumer.nextBatch(limit: 500).map(\.number) }
        #expect(read == Array(0..<500))
    }

    @Test func cancelledBeforeItWaits() async throws {
        let log = InMemoryEventLog(partitions: 1)
        let consumer = log.makeConsumer(group: "g", startingAt: .beginning, commits: .manual)
        try await log.produce(.sample(1))
        let task = Task { () async -> ChatError.Code? in
            withUnsafeCurrentTask { $0?.cancel() }
            do throws(ChatError) {
                _ = try await consumer.nextBatch(limit: 9)
                return nil
            } catch {
                return error.code
            }
        }
        #expect(await task.value == .cancelled)
        #expect(try await consumer.nextBatch(limit: 9).map(\.number) == [1])
    }

    @Test func closingEndsAWaitAndStaysClosed() async throws {
        let log = InMemoryEventLog()
        let consumer = log.makeConsumer(group: "g", startingAt: .beginning, commits: .manual)
        let wait = Task { try await consumer.nextBatch(limit: 1) }
        for _ in 0..<20 { await Task.yield() }
        await consumer.close()
        await consumer.close()
        let waited = await #expect(throws: ChatError.self) { _ = try await wait.value }
        #expect(waited?.code == .cancelled)
        let later = await #expect(throws: ChatError.self) { try await consumer.nextBatch(limit: 1) }
        #expect(later?.code == .cancelled)
    }

    @Test func aWaitingMemberIsWokenByARebalance() async throws {
        let log = InMemoryEventLog(partitions: 1)
        let owner = log.makeConsumer(group: "g", startingAt: .beginning, commits: .manual)
        let spare = log.makeConsumer(group: "g", startingAt: .beginning, commits: .manual)
        try await log.produce(.sample(1))
        async let batch = spare.nextBatch(limit: 9)
        for _ in 0..<20 { await Task.yield() }
        await owner.close()
        #expect(try await batch.map(\.number) == [1])
    }

    @Test func aForgottenConsumerLeavesItsGroup() async throws {
        let log = InMemoryEventLog(partitions: 1)
        try await log.produce(.sample(1))
        _ = log.makeConsumer(group: "g", startingAt: .beginning, commits: .manual)
        let heir = log.makeConsumer(group: "g", startingAt: .beginning, commits: .manual)
        #expect(try await heir.nextBatch(limit: 9).map(\.number) == [1])
    }

    @Test func hundredsOfProducersAndEveryGroupHasAllInOrder() async throws {
        let log = InMemoryEventLog(partitions: 3)
        let groups = ["a", "b", "c"].map { log.makeConsumer(group: $0, startingAt: .beginning, commits: .automatic) }
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            for producer in 0..<300 {
                tasks.addTask {
                    for step in 0..<10 {
                        try await log.produce(.sample(producer * 10 + step, scope: "scope-\(producer)"))
                    }
                }
            }
            for consumer in groups {
                tasks.addTask {
                    var lastOfScope: [Int: Int] = [:]
                    var count = 0
                    while count < 3000 {
                        for record in try await consumer.nextBatch(limit: 64) {
                            let number = try #require(record.number)
                            #expect(number % 10 == lastOfScope[number / 10].map { $0 + 1 } ?? 0)
                            lastOfScope[number / 10] = number % 10
                            count += 1
                        }
                    }
                    #expect(count == 3000)
                }
            }
            try await tasks.waitForAll()
        }
    }
}
