import ChatifyCore
import ChatifyTestKit
import ServiceLifecycle
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(5))) struct BroadcastServiceTests {
    private let clock = ManualClock()
    private let log = InMemoryEventLog(partitions: 1)
    private let captured = CapturingLog()

    private func consumer() -> FaultyConsumer {
        FaultyConsumer(self.log.makeConsumer(group: "pod-0", startingAt: .beginning, commits: .automatic))
    }

    private func service(_ consumer: FaultyConsumer, _ subscriber: RecordingSubscriber) -> BroadcastService {
        BroadcastService(
            consumer: consumer,
            subscriber: subscriber,
            clock: self.clock.chatClock,
            logger: self.captured.logger
        )
    }

    @Test func pushesTheLogInOrder() async throws {
        let subscriber = RecordingSubscriber()
        let service = self.service(self.consumer(), subscriber)
        let run = Task { await service.run() }
        for number in 0..<1000 { try await self.log.produce(.sample(number, at: self.clock.now)) }
        let events = await subscriber.events.wait(forCount: 1000)
        #expect(events.map(\.event.number) == Array(0..<1000))
        #expect(events.map(\.position.offset) == Array(0..<1000))
        run.cancel()
        await run.value
        #expect(self.captured.lines.all.isEmpty)
    }

    @Test func dropsOldEventsAndPoison() async throws {
        try await self.log.produce(.sample(1, at: self.clock.now.advanced(by: .milliseconds(-60_001))))
        try await self.log.produce(.sample(2, at: self.clock.now.advanced(by: .seconds(-60))))
        try self.log.appendUndecodable(value: [UInt8](repeating: 0, count: 1000), reason: "not JSON", partition: 0)
        try await self.log.produce(.sample(3, at: self.clock.now.advanced(by: .seconds(3600))))
        let subscriber = RecordingSubscriber()
        let service = self.service(self.consumer(), subscriber)
        let run = Task { await service.run() }
        #expect(await subscriber.events.wait(forCount: 2).map(\.event.number) == [2, 3])
        run.cancel()
        await run.value
        let warnings = self.captured.warnings
        #expect(warnings.map(\.metadata["position"]) == ["0/2"])
        #expect(warnings.map(\.metadata["reason"]) == ["not JSON"])
        #expect(warnings[0].metadata["payload"]?.utf8.count == 256)
        #expect(self.captured.debugs.map(\.metadata["position"]) == ["0/0"])
    }

    @Test func tellsWhereItBeginsAndEverythingItReads() async throws {
        try await self.log.produce(.sample(1, at: self.clock.now.advanced(by: .seconds(-61))))
        try self.log.appendUndecodable(value: [], reason: "not JSON", partition: 0)
        try await self.log.produce(.sample(2, at: self.clock.now))
        let subscriber = BatchSubscriber()
        let consumer = self.log.makeConsumer(group: "pod-0", startingAt: .beginning, commits: .automatic)
        let service = BroadcastService(
            consumer: consumer,
            subscriber: subscriber,
            clock: self.clock.chatClock,
            logger: self.captured.logger
        )
        let run = Task { await service.run() }
        let batches = await subscriber.batches.wait(forCount: 1)
        run.cancel()
        await run.value
        #expect(subscriber.starts.all == [[0: 0]])
        #expect(batches.map { $0.records.map(\.position.offset) } == [[0, 1, 2]])
        #expect(batches.map { $0.events.map(\.position.offset) } == [[2]])
    }

    /// Clients are connected that have a right to it: what an outage held up is pushed late, not left out.
    @Test func pushesWhatHasBecomeOldWhileItRan() async throws {
        let subscriber = RecordingSubscriber()
        let service = self.service(self.consumer(), subscriber)
        let run = Task { await service.run() }
        try await self.log.produce(.sample(1, at: self.clock.now))
        await subscriber.events.wait(forCount: 1)
        let then = self.clock.now
        self.clock.advance(by: .seconds(600))
        try await self.log.produce(.sample(2, at: then))
        #expect(await subscriber.events.wait(forCount: 2).map(\.event.number) == [1, 2])
        run.cancel()
        await run.value
    }

    @Test func waitsOutAnErrorOfTheConsumer() async throws {
        let consumer = self.consumer()
        consumer.faults.withLock { $0.reads = 3 }
        let subscriber = RecordingSubscriber()
        let service = self.service(consumer, subscriber)
        let run = Task { await service.run() }
        for pause in [1, 2, 4] {
            await self.clock.waitForSleepers()
            #expect(self.captured.lines.all.last?.metadata["pause"] == "\(Duration.seconds(pause))")
            self.clock.advance(by: .seconds(pause))
        }
        try await self.log.produce(.sample(1, at: self.clock.now))
        await subscriber.events.wait(forCount: 1)
        run.cancel()
        await run.value
        #expect(self.captured.warnings.count == 1)
        #expect(self.captured.notices.count == 1)
    }

    @Test func cancellationEndsAPause() async {
        let consumer = self.consumer()
        consumer.faults.withLock { $0.reads = 1 }
        let service = self.service(consumer, RecordingSubscriber())
        let run = Task { await service.run() }
        await self.clock.waitForSleepers()
        run.cancel()
        await run.value
        #expect(self.clock.uptime == .zero)
    }

    @Test func gracefulShutdownEndsItAfterTheBatchAtHand() async throws {
        let consumer = self.consumer()
        let received = Recorder<Void>()
        let clock = self.clock
        let subscriber = RecordingSubscriber {
            received.record(())
            // Would throw at once if shutting down cancelled the delivery.
            try? await clock.chatClock.sleep(.seconds(5))
        }
        for number in 0..<3 { try await self.log.produce(.sample(number, at: self.clock.now)) }
        let service = self.service(consumer, subscriber)
        let group = ServiceGroup(
            configuration: .init(
                services: [.init(service: service, successTerminationBehavior: .ignore)],
                logger: self.captured.logger
            )
        )
        let run = Task { try await group.run() }
        await received.wait(forCount: 1)
        await group.triggerGracefulShutdown()
        await self.clock.waitForSleepers()
        self.clock.advance(by: .seconds(5))
        try await run.value
        #expect(subscriber.events.all.map(\.event.number) == [0, 1, 2])
        // And what was delivered is committed.
        #expect(self.log.committedOffsets(of: "pod-0") == [3])
    }

    @Test func gracefulShutdownEndsAWait() async throws {
        let service = self.service(self.consumer(), RecordingSubscriber())
        let group = ServiceGroup(
            configuration: .init(
                services: [.init(service: service, successTerminationBehavior: .ignore)],
                logger: self.captured.logger
            )
        )
        let run = Task { try await group.run() }
        for _ in 0..<20 { await Task.yield() }
        await group.triggerGracefulShutdown()
        try await run.value
    }
}
