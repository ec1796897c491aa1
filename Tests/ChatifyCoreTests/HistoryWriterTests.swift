import ChatifyCore
import ChatifyTestKit
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(5))) struct HistoryWriterTests {
    @Test func storesThenCommits() async throws {
        let rig = HistoryWriterRig()
        for number in 0..<600 { try await rig.log.produce(.sample(number)) }
        await rig.run { await rig.waitForCommit(of: 600) }
        #expect(Set(rig.history.stored.all.map(\.event.number)) == Set(0..<600))
        #expect(rig.history.calls.all.count == 600)
        #expect(rig.log.committedOffsets(of: "writer") == [600])
        #expect(rig.captured.lines.all.isEmpty)
    }

    @Test func theStoreKnowsThePosition() async throws {
        let rig = HistoryWriterRig()
        let position = try await rig.log.produce(.sample(1))
        await rig.run { await rig.waitForCommit(of: 1) }
        #expect(rig.history.stored.all == [HistoryMessage(event: .sample(1), position: position)])
    }

    @Test func poisonBecomesOneDeadLetterAndThePartitionGoesOn() async throws {
        let rig = HistoryWriterRig()
        try await rig.log.produce(.sample(0))
        let poison = try rig.log.appendUndecodable(value: [0xFF, 0x41], reason: "not JSON", partition: 0)
        try await rig.log.produce(.sample(2))
        await rig.run { await rig.waitForCommit(of: 3) }
        #expect(
            rig.sink.letters.all == [
                DeadLetter(value: [0xFF, 0x41], reason: "not JSON", source: poison, headers: RecordHeaders())
            ]
        )
        #expect(Set(rig.history.stored.all.map(\.event.number)) == [0, 2])
        let warnings = rig.captured.warnings
        #expect(warnings.map(\.metadata["payload"]) == ["\\xffA"])
    }

    @Test func anEventTheStoreRefusesBecomesADeadLetter() async throws {
        let rig = HistoryWriterRig()
        rig.history.faults.withLock { $0.refused = [1] }
        let headers = RecordHeaders(correlationID: .random())
        for number in 0..<3 { _ = try await rig.log.produce(.sample(number), headers: headers) }
        await rig.run { await rig.waitForCommit(of: 3) }
        let letters = rig.sink.letters.all
        #expect(letters.map(\.source.offset) == [1])
        #expect(letters[0].reason == "The store refuses this.")
        #expect(letters[0].headers == headers)
        #expect(String(decoding: letters[0].value, as: UTF8.self).contains(ChatEvent.sample(1).messageID.description))
        #expect(rig.history.calls.all.count { $0 == 1 } == 1)
        #expect(
            rig.captured.warnings.map(\.metadata["correlation-id"])
                == [headers.correlationID.map { "\($0)" }]
        )
    }

    @Test func aTransientFailureIsRetriedWithoutAWarning() async throws {
        let rig = HistoryWriterRig()
        rig.history.faults.withLock {
            $0.failures = [0: 4]
            $0.lostAnswers = [1]
        }
        for number in 0..<2 { try await rig.log.produce(.sample(number)) }
        await rig.run { await rig.waitForCommit(of: 2) }
        #expect(rig.history.calls.all.count { $0 == 0 } == 5)
        #expect(rig.history.stored.all.count == 2)
        #expect(rig.captured.warnings.isEmpty)
        #expect(rig.clock.uptime <= .milliseconds(1500))
    }

    @Test func aCallCutShortIsNoReasonForADeadLetter() async throws {
        let rig = HistoryWriterRig()
        rig.history.faults.withLock { $0.cutShort = [0] }
        try await rig.log.produce(.sample(0))
        await rig.run { await rig.waitForCommit(of: 1) }
        #expect(rig.history.stored.all.count == 1)
        #expect(rig.sink.letters.all.isEmpty)
    }

    @Test func aStoreThatIsDownIsWaitedOut() async throws {
        let rig = HistoryWriterRig()
        rig.history.faults.withLock { $0.isDown = true }
        for number in 0..<300 { try await rig.log.produce(.sample(number)) }
        await rig.run {
            // Down for a while, through all retries of several rounds.
            await rig.history.calls.wait(forCount: 5000)
            #expect(rig.commits.all.isEmpty)
            rig.history.faults.withLock { $0.isDown = false }
            await rig.waitForCommit(of: 300)
        }
        #expect(rig.history.stored.all.count == 300)
        #expect(rig.captured.warnings.map(\.message) == ["Cannot store events"])
        #expect(rig.captured.notices.map(\.message) == ["Storing events works again"])
    }

    @Test func whatIsStoredBeforeAnOutageIsCommittedAndNoMore() async throws {
        let rig = HistoryWriterRig()
        rig.history.faults.withLock { $0.failures = [3: .max] }
        for number in 0..<6 { try await rig.log.produce(.sample(number)) }
        await rig.run {
            await rig.waitForCommit(of: 3)
            await rig.history.calls.wait { $0.count { $0 == 3 } > 20 }
        }
        #expect(rig.log.committedOffsets(of: "writer") == [3])
        #expect(Set(rig.history.stored.all.map(\.event.number)) == [0, 1, 2, 4, 5])
        // Only the one that failed was tried again.
        #expect(rig.history.calls.all.count { $0 != 3 } == 5)
    }

    @Test func aSinkThatIsDownIsWaitedOut() async throws {
        let rig = HistoryWriterRig()
        rig.sink.failures.withLock { $0 = 10 }
        try await rig.log.produce(.sample(0))
        for _ in 0..<2 { try rig.log.appendUndecodable(value: [1], reason: "not JSON", partition: 0) }
        try await rig.log.produce(.sample(3))
        await rig.run { await rig.waitForCommit(of: 4) }
        #expect(rig.sink.letters.all.map(\.source.offset) == [1, 2])
        #expect(rig.clock.uptime == .seconds(111))
        #expect(rig.captured.warnings.map(\.message).first == "Cannot keep dead letters")
        #expect(rig.captured.warnings.count == 3)
    }

    @Test func errorsOfTheLogAreWaitedOut() async throws {
        let rig = HistoryWriterRig()
        rig.faults.withLock { $0 = FaultyConsumer.Faults(reads: 4, commits: 1) }
        try await rig.log.produce(.sample(0))
        await rig.run {
            await rig.history.stored.wait(forCount: 1)
            // The commit that fails is made up for by the next.
            await rig.captured.lines.wait { $0.contains { $0.message.hasPrefix("Cannot commit") } }
            _ = try? await rig.log.produce(.sample(1))
            await rig.waitForCommit(of: 2)
        }
        #expect(rig.clock.uptime == .seconds(15))
        #expect(rig.captured.warnings.count == 2)
        #expect(rig.captured.notices.count == 2)
    }

    @Test func storesAreBounded() async throws {
        var configuration = HistoryWriterConfiguration()
        configuration.maximumConcurrentStores = 7
        let rig = HistoryWriterRig(configuration: configuration)
        rig.history.faults.withLock { $0.stuck = Set(0..<50) }
        for number in 0..<50 { try await rig.log.produce(.sample(number)) }
        let writer = rig.makeWriter()
        let run = Task { await writer.run() }
        await rig.clock.waitForSleepers(7)
        for _ in 0..<100 { await Task.yield() }
        #expect(rig.history.calls.all.count == 7)
        run.cancel()
        await run.value
        #expect(rig.log.committedOffsets(of: "writer") == [0])
    }
}
