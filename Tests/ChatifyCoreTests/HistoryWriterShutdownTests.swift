import ChatifyCore
import ChatifyTestKit
import ServiceLifecycle
import ServiceLifecycleTestKit
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(5))) struct HistoryWriterShutdownTests {
    private func group(_ rig: HistoryWriterRig) -> ServiceGroup {
        ServiceGroup(
            configuration: .init(
                services: [.init(service: rig.makeWriter(), successTerminationBehavior: .ignore)],
                logger: rig.captured.logger
            )
        )
    }

    @Test func cancellationInTheMiddleCommitsWhatIsStored() async throws {
        let rig = HistoryWriterRig()
        rig.history.faults.withLock { $0.stuck = [4] }
        for number in 0..<8 { try await rig.log.produce(.sample(number)) }
        let writer = rig.makeWriter()
        let run = Task { await writer.run() }
        await rig.history.stored.wait(forCount: 7)
        await rig.clock.waitForSleepers()
        run.cancel()
        await run.value
        #expect(rig.log.committedOffsets(of: "writer") == [4])
        #expect(rig.sink.letters.all.isEmpty)
    }

    @Test func gracefulShutdownLetsStoresFinish() async throws {
        var configuration = HistoryWriterConfiguration()
        configuration.maximumConcurrentStores = 2
        let rig = HistoryWriterRig(configuration: configuration)
        // Stuck for a million seconds unless cancelled, which a graceful shutdown does not do.
        rig.history.faults.withLock { $0.stuck = [1, 2] }
        for number in 0..<8 { try await rig.log.produce(.sample(number)) }
        let writer = rig.makeWriter()
        // Not a group, which says that it shuts down a moment before its services know.
        await testGracefulShutdown { shutdown in
            let run = Task { await writer.run() }
            await rig.clock.waitForSleepers(2)
            shutdown.triggerGracefulShutdown()
            rig.clock.advance(by: .seconds(1_000_000))
            await run.value
        }
        #expect(rig.history.stored.all.map(\.event.number).sorted() == [0, 1, 2])
        #expect(rig.log.committedOffsets(of: "writer") == [3])
    }

    @Test(arguments: ["reading", "retrying", "store", "sink"])
    func gracefulShutdownEndsEveryPause(pause: String) async throws {
        let rig = HistoryWriterRig()
        switch pause {
        case "reading": rig.faults.withLock { $0.reads = .max }
        case "sink": rig.sink.failures.withLock { $0 = .max }
        default: rig.history.faults.withLock { $0.isDown = true }
        }
        if pause == "sink" {
            try rig.log.appendUndecodable(value: [1], reason: "not JSON", partition: 0)
        } else {
            try await rig.log.produce(.sample(0))
        }
        let group = self.group(rig)
        let run = Task { try await group.run() }
        if pause == "store" {
            while rig.captured.warnings.isEmpty {
                await rig.clock.waitForSleepers()
                rig.clock.advanceToNextSleeper()
            }
        }
        await rig.clock.waitForSleepers()
        await group.triggerGracefulShutdown()
        try await run.value
        #expect(rig.log.committedOffsets(of: "writer") == [0])
    }

    /// Faults of every kind and cancellations at any moment: nothing lost, nothing twice, no commit too far.
    @Test(arguments: 1...30 as ClosedRange<UInt64>)
    func survivesWhateverHappens(seed: UInt64) async throws {
        var generator = SeededRandom(seed: seed)
        var configuration = HistoryWriterConfiguration()
        configuration.batchLimit = .random(in: 1...40, using: &generator)
        configuration.maximumConcurrentStores = .random(in: 1...10, using: &generator)
        let rig = HistoryWriterRig(partitions: 3, configuration: configuration)
        var poison = Set<LogPosition>()
        for number in 0..<150 {
            if Int.random(in: 0..<10, using: &generator) == 0 {
                let partition = Int32.random(in: 0..<3, using: &generator)
                poison.insert(try rig.log.appendUndecodable(value: [1], reason: "not JSON", partition: partition))
            }
            let position = try await rig.log.produce(.sample(number, scope: "scope-\(number % 11)"))
            rig.history.faults.withLock {
                if number % 23 == 0 { $0.refused.insert(number) }
                if number % 5 == 0 { $0.failures[number] = Int(seed) % 9 }
                if number % 7 == 0 { $0.lostAnswers.insert(number) }
            }
            if number % 23 == 0 { poison.insert(position) }
        }
        rig.sink.failures.withLock { $0 = 3 }
        rig.faults.withLock { $0 = FaultyConsumer.Faults(reads: 2, commits: 3) }

        for _ in 0..<6 {
            let moment = Int.random(in: 0...60, using: &generator)
            await rig.run { for _ in 0..<moment { await Task.yield() } }
        }
        let total = Int64(150 + poison.count - 7)
        await rig.run {
            await rig.commits.wait { _ in rig.log.committedOffsets(of: "writer")?.reduce(0, +) == total }
        }
        #expect(rig.history.stored.all.count == 150 - 7)
        #expect(Set(rig.history.stored.all.map(\.event.number)).count == 150 - 7)
        #expect(Set(rig.sink.letters.all.map(\.source)) == poison)
    }
}
