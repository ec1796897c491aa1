import ChatifyCore
import ChatifyTestKit
import TestSupport
import Testing

/// The adapters in memory, which are the reference, keep the laws of their ports.
@Suite(.timeLimit(.minutes(5))) struct InMemoryConformanceTests {
    @Test(arguments: EventLogCheck.all.filter { $0.requires.isSubset(of: [.replay, .forgetting]) })
    func log(check: EventLogCheck) async throws {
        for partitions in [2, 3, 8] as [Int32] {
            let capacity = check.requires.contains(.forgetting) ? 64 : 65_536
            let log = InMemoryEventLog(partitions: partitions, capacityPerPartition: capacity)
            let view = EventLogView(producer: log, replaySource: log) {
                log.makeConsumer(group: $0, startingAt: $1, commits: $2)
            }
            let subject = EventLogSubject(
                view,
                partitions: partitions,
                forget: { try await log.fill($0.partition, with: capacity * 2) }
            )
            try await check.run(on: subject)
        }
    }

    @Test(arguments: HistoryRepositoryCheck.all.filter { $0.requires.isEmpty })
    func history(check: HistoryRepositoryCheck) async throws {
        try await check.run(on: HistoryRepositorySubject(InMemoryHistoryRepository()))
    }

    @Test(arguments: PresenceServiceCheck.all.filter { !$0.requires.contains(.sharing) })
    func presence(check: PresenceServiceCheck) async throws {
        let clock = ManualClock()
        let service = InMemoryPresenceService(clock: clock.chatClock)
        try await check.run(on: PresenceServiceSubject(service, wait: { clock.advance(by: $0) }))
    }

    @Test(arguments: RateLimiterCheck.all.filter { !$0.requires.contains(.sharing) })
    func limiter(check: RateLimiterCheck) async throws {
        let clock = ManualClock()
        let limiter = InMemoryRateLimiter(clock: clock.chatClock)
        try await check.run(on: RateLimiterSubject(limiter, wait: { clock.advance(by: $0) }))
    }

    @Test(arguments: DeadLetterSinkCheck.all.filter { !$0.requires.contains(.durability) })
    func deadLetters(check: DeadLetterSinkCheck) async throws {
        let sink = InMemoryDeadLetterSink(capacity: 500)
        let subject = DeadLetterSinkSubject(
            sink,
            letters: { sink.letters },
            breakDown: {
                let filling = DeadLetter(
                    value: [],
                    reason: "",
                    source: LogPosition(partition: 0, offset: 0),
                    headers: RecordHeaders()
                )
                while sink.letters.count < 500 { try await sink.send(filling) }
            }
        )
        try await check.run(on: subject)
    }

    @Test(arguments: ScopeAuthorizerCheck.all.filter { $0.requires.isEmpty })
    func authorizer(check: ScopeAuthorizerCheck) async throws {
        func question(
            _ user: String,
            _ scope: ChatScope,
            _ action: ScopeAction = .join
        ) -> ScopeAuthorizerSubject.Question {
            ScopeAuthorizerSubject.Question(action, by: UserID(unchecked: user), in: scope)
        }
        let pair = ChatScope.directMessage(ScopeID(unchecked: "\u{E5}sa-bob"))
        let subject = ScopeAuthorizerSubject(
            ParticipantScopeAuthorizer(),
            allowed: [ScopeAction.join, .send, .readHistory].flatMap {
                [question("eve", .channel(pair.id), $0), question("\u{E5}sa", pair, $0), question("bob", pair, $0)]
            },
            // The second only looks like one of the two.
            refused: [
                question("eve", pair), question("a\u{30A}sa", pair), question("b", pair),
                question("\u{E5}sa-bob", pair),
            ]
        )
        try await check.run(on: subject)
    }

    @Test(arguments: AuthenticatorCheck.all.filter { $0.requires.isEmpty })
    func authenticator(check: AuthenticatorCheck) async throws {
        let connection = try #require(ConnectionID(rawValue: "c1"))
        let names = ["alice": "alice", "  ": "anonymous-c1", "": "anonymous-c1", "\u{E5}": "\u{E5}"]
        let good = names.map { claimed, name in
            (Credentials(claimedUser: claimed, connectionID: connection), Identity(userID: UserID(unchecked: name)))
        }
        let long = Credentials(claimedUser: String(repeating: "x", count: 257), connectionID: connection)
        let subject = AuthenticatorSubject(
            DevelopmentAuthenticator(),
            good: Dictionary(good) { first, _ in first },
            bad: [long],
            asksForProof: false
        )
        try await check.run(on: subject)
    }

    @Test func aReportTellsWhatDoesNotApply() async {
        let report = await Conformance.run(HistoryRepositoryCheck.all) { _ in
            HistoryRepositorySubject(InMemoryHistoryRepository())
        }
        #expect(report.failures.isEmpty, "\(report)")
        #expect(
            Set(report.notApplicable) == Set(HistoryRepositoryCheck.all.filter { !$0.requires.isEmpty }.map(\.name))
        )
    }
}
