import ChatifyCore
import ChatifyTestKit
import Testing

@Suite(.timeLimit(.minutes(5))) struct FaultyAdapterTests {
    private let clock = ManualClock()

    private static func event(_ number: Int) -> ChatEvent {
        ChatEvent(
            messageID: MessageID(high: 0, low: UInt64(number)),
            scope: .channel(ScopeID(unchecked: "scope-\(number % 7)")),
            senderID: UserID(unchecked: "alice"),
            text: "Message \(number)",
            createdAt: Timestamp(millisecondsSinceEpoch: 1_768_473_000_000),
            originPodID: PodID(unchecked: "pod-1")
        )
    }

    private func source(seed: UInt64 = 1, _ change: (inout FaultRates) -> Void) -> FaultSource {
        var rates = FaultRates()
        change(&rates)
        return FaultSource(FaultPlan(seed: seed, rates: rates), clock: self.clock.chatClock)
    }

    @Test(arguments: [true, false])
    func aFailureComesBeforeOrAfter(isAfter: Bool) async throws {
        let base = InMemoryHistoryRepository()
        let faults = self.source { rates in
            if isAfter { rates.failAfter = 1 } else { rates.failBefore = 1 }
        }
        let history = FaultyHistoryRepository(base, faults: faults)
        let event = Self.event(1)
        let error = await #expect(throws: ChatError.self) { try await history.append(event, at: nil) }
        #expect(error?.code == .unavailable)
        let stored = try await base.messages(HistoryQuery(scope: event.scope)).messages.map(\.event)
        #expect(stored == (isAfter ? [event] : []))
        faults.heal()
        #expect(try await history.append(event, at: nil) == (isAfter ? .alreadyStored : .stored))
    }

    @Test func aDuplicateIsAppendedTwiceAndAnsweredOnce() async throws {
        let base = InMemoryEventLog(partitions: 1)
        let producer = FaultyEventProducer(base, faults: self.source { $0.duplicate = 1 })
        #expect(try await producer.produce(Self.event(1), headers: RecordHeaders()).offset == 0)
        #expect(try await producer.produce(Self.event(2), headers: RecordHeaders()).offset == 2)
    }

    @Test func aProducerSaysWhereAScopeGoes() {
        let base = InMemoryEventLog()
        let producer = FaultyEventProducer(base, faults: self.source { $0.failBefore = 1 })
        let scope = ScopeID(unchecked: "general")
        #expect(producer.partition(of: scope) != nil)
        #expect(producer.partition(of: scope) == base.partition(of: scope))
    }

    @Test func aProducerFailsWithTheCodeOfItsPort() async {
        let producer = FaultyEventProducer(InMemoryEventLog(), faults: self.source { $0.failBefore = 1 })
        let error = await #expect(throws: ChatError.self) {
            try await producer.produce(Self.event(1), headers: RecordHeaders())
        }
        #expect(error?.code == .eventProductionFailed)
    }

    @Test func aDelayIsByTheClockAndCanBeCancelled() async throws {
        let faults = self.source {
            $0.delay = 1
            $0.longestDelay = .seconds(3600)
        }
        let sink = InMemoryDeadLetterSink()
        let letter = DeadLetter(
            value: [1],
            reason: "",
            source: LogPosition(partition: 0, offset: 0),
            headers: RecordHeaders()
        )
        let sending = Task { try await FaultyDeadLetterSink(sink, faults: faults).send(letter) }
        await self.clock.waitForSleepers()
        #expect(sink.letters.isEmpty)
        self.clock.advance(by: .seconds(3600))
        try await sending.value
        #expect(sink.letters == [letter])
        let cancelled = Task { try await FaultyDeadLetterSink(sink, faults: faults).send(letter) }
        await self.clock.waitForSleepers()
        cancelled.cancel()
        let error = await #expect(throws: ChatError.self) { try await cancelled.value }
        #expect(error?.code == .cancelled)
    }

    @Test func manyAreAskedAboutInOneCall() async throws {
        let faults = self.source { _ in }
        let presence = FaultyPresenceService(InMemoryPresenceService(clock: self.clock.chatClock), faults: faults)
        let users = (0..<10).map { UserID(unchecked: "user-\($0)") }
        try await presence.setOnline(PresentConnection("user-3", "c1"))
        #expect(try await presence.onlineUsers(among: users) == [users[3]])
        #expect(faults.callCount == 2)
    }

    /// Whatever goes wrong, a reader that repeats gets every record, each partition in its order, and goes back only behind what it committed.
    @Test(arguments: 1...40 as ClosedRange<UInt64>)
    func aFaultyConsumerKeepsItsContract(seed: UInt64) async throws {
        let log = InMemoryEventLog()
        for number in 0..<200 { _ = try await log.produce(Self.event(number), headers: RecordHeaders()) }
        let rates = FaultRates.all(0.25)
        let faults = FaultSource(FaultPlan(seed: seed, rates: rates), clock: self.clock.chatClock)
        let base = log.makeConsumer(group: "g", startingAt: .beginning, commits: .manual)
        let consumer = FaultyEventConsumer(base, faults: faults)
        let time = Task { [clock] in await clock.runFreely() }
        defer { time.cancel() }
        var next = [Int32: Int64](), committed = [Int32: Int64](), repeats = 0
        var calls = 0
        while next.values.reduce(0, +) < 200 || committed != next {
            calls += 1
            try #require(calls < 10_000)
            if next.values.reduce(0, +) == 200 { faults.heal() }
            if next.values.reduce(0, +) < 200, let batch = try? await consumer.nextBatch(limit: 9) {
                #expect(!batch.isEmpty && batch.count <= 9)
                for position in batch.map(\.position) {
                    let expected = next[position.partition] ?? 0
                    if position.offset < expected { repeats += 1 }
                    #expect(position.offset <= expected && position.offset >= committed[position.partition] ?? 0)
                    next[position.partition] = position.offset + 1
                }
            }
            let done = next.map { LogPosition(partition: $0.key, offset: $0.value - 1) }
            guard calls.isMultiple(of: 3) || faults.callCount > 5000 || next.values.reduce(0, +) == 200 else {
                continue
            }
            if (try? await consumer.commit(done)) != nil { committed = next }
        }
        #expect(log.committedOffsets(of: "g")?.reduce(0, +) == 200)
        #expect(repeats > 0)
        faults.heal()
        await consumer.close()
        let error = await #expect(throws: ChatError.self) { try await consumer.nextBatch(limit: 1) }
        #expect(error?.code == .cancelled)
    }

    /// Without faults the wrappers are as good as what they wrap.
    @Test func withoutFaultsTheLawsHold() async {
        let faults = self.source { _ in }
        let log = await Conformance.run(EventLogCheck.all) { _ in
            let log = InMemoryEventLog()
            let (producer, source) = (FaultyEventProducer(log, faults: faults), FaultyReplaySource(log, faults: faults))
            let view = EventLogView(producer: producer, replaySource: source) {
                FaultyEventConsumer(log.makeConsumer(group: $0, startingAt: $1, commits: $2), faults: faults)
            }
            return EventLogSubject(view, partitions: 3)
        }
        #expect(log.failures.isEmpty, "\(log)")
        let history = await Conformance.run(HistoryRepositoryCheck.all) { _ in
            HistoryRepositorySubject(FaultyHistoryRepository(InMemoryHistoryRepository(), faults: faults))
        }
        #expect(history.failures.isEmpty, "\(history)")
        let presence = await Conformance.run(PresenceServiceCheck.all) { [clock] _ in
            let service = InMemoryPresenceService(clock: clock.chatClock)
            return PresenceServiceSubject(
                FaultyPresenceService(service, faults: faults),
                wait: { clock.advance(by: $0) }
            )
        }
        #expect(presence.failures.isEmpty, "\(presence)")
        let limiter = await Conformance.run(RateLimiterCheck.all) { [clock] _ in
            let limiter = InMemoryRateLimiter(clock: clock.chatClock)
            return RateLimiterSubject(FaultyRateLimiter(limiter, faults: faults), wait: { clock.advance(by: $0) })
        }
        #expect(limiter.failures.isEmpty, "\(limiter)")
    }

    @Test(arguments: [true, false])
    func whoFindsPastEventsFailsTooAndVouchesForNothing(isAfter: Bool) async throws {
        let log = InMemoryEventLog(partitions: 2)
        let faults = self.source { rates in
            if isAfter { rates.failAfter = 1 } else { rates.failBefore = 1 }
        }
        let view = EventLogView(producer: log, replaySource: FaultyReplaySource(log, faults: faults)) {
            log.makeConsumer(group: $0, startingAt: $1, commits: $2)
        }
        let subject = EventLogSubject(view, partitions: 2, breakDown: {})
        try await EventLogCheck.anOutageOfThePastIsSaid.run(on: subject)
    }

    @Test func whoDecidesAboutPeopleFailsTooAndNeverGuesses() async throws {
        let faults = self.source { $0.failAfter = 1 }
        let scope = ChatScope.channel(ScopeID(unchecked: "general"))
        let alice = UserID(unchecked: "alice")
        let question = ScopeAuthorizerSubject.Question(.join, by: alice, in: scope)
        let authorizer = FaultyScopeAuthorizer(ParticipantScopeAuthorizer(), faults: faults)
        let subject = ScopeAuthorizerSubject(authorizer, allowed: [question], refused: [], breakDown: {})
        try await ScopeAuthorizerCheck.doesNotGuessInAnOutage.run(on: subject)
        let credentials = Credentials(claimedUser: "alice", connectionID: ConnectionID(unchecked: "c1"))
        let authenticator = FaultyAuthenticator(DevelopmentAuthenticator(), faults: faults)
        let other = AuthenticatorSubject(
            authenticator,
            good: [credentials: Identity(userID: alice)],
            bad: [],
            breakDown: {}
        )
        try await AuthenticatorCheck.doesNotGuessInAnOutage.run(on: other)
    }
}
