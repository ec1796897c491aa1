import ChatifyCore
import ChatifyTestKit
import TestSupport
import Testing

/// Each law can fail: an adapter that breaks it is caught by it, with words that say what it did.
@Suite(.timeLimit(.minutes(5))) struct SabotageTests {
    @Test(arguments: Sabotage<HistoryRepositorySubject>.all)
    func history(_ sabotage: Sabotage<HistoryRepositorySubject>) async { await sabotage.expectCaught() }

    @Test(arguments: Sabotage<EventLogSubject>.all)
    func log(_ sabotage: Sabotage<EventLogSubject>) async { await sabotage.expectCaught() }

    @Test(arguments: Sabotage<PresenceServiceSubject>.all)
    func presence(_ sabotage: Sabotage<PresenceServiceSubject>) async { await sabotage.expectCaught() }

    @Test(arguments: Sabotage<RateLimiterSubject>.all)
    func limiter(_ sabotage: Sabotage<RateLimiterSubject>) async { await sabotage.expectCaught() }

    @Test(arguments: Sabotage<DeadLetterSinkSubject>.all)
    func deadLetters(_ sabotage: Sabotage<DeadLetterSinkSubject>) async { await sabotage.expectCaught() }

    @Test(arguments: Sabotage<ScopeAuthorizerSubject>.all)
    func authorizer(_ sabotage: Sabotage<ScopeAuthorizerSubject>) async { await sabotage.expectCaught() }

    @Test(arguments: Sabotage<AuthenticatorSubject>.all)
    func authenticator(_ sabotage: Sabotage<AuthenticatorSubject>) async { await sabotage.expectCaught() }

    /// A value that may be missing is said as what it is.
    @Test func valuesAreSaidInWords() async {
        let failures = await Conformance.run([EventLogCheck.whatWasForgottenIsNotVouchedFor]) { _ in
            let log = InMemoryEventLog(partitions: 2)
            let view = EventLogView(producer: log, replaySource: log) {
                log.makeConsumer(group: $0, startingAt: $1, commits: $2)
            }
            return EventLogSubject(view, partitions: 2, forget: { _ in })
        }.failures
        #expect(failures.map(\.expected) == ["nil"])
        #expect(failures.first?.actual?.hasPrefix("[ChatifyCore.EnrichedChatEvent(") == true)
    }

    @Test func everyLawHasASaboteur() {
        #expect(unsabotaged(HistoryRepositoryCheck.all, Sabotage.all) == [])
        #expect(unsabotaged(EventLogCheck.all, Sabotage.all) == [])
        #expect(unsabotaged(PresenceServiceCheck.all, Sabotage.all) == [])
        #expect(unsabotaged(RateLimiterCheck.all, Sabotage.all) == [])
        #expect(unsabotaged(DeadLetterSinkCheck.all, Sabotage.all) == [])
        #expect(unsabotaged(ScopeAuthorizerCheck.all, Sabotage.all) == [])
        #expect(unsabotaged(AuthenticatorCheck.all, Sabotage.all) == [])
    }

    /// The wrappers of the saboteurs do no harm by themselves, where they declare more than is so of memory either.
    @Test func whoIsNotTamperedWithKeepsAllLaws() async {
        let history = await Conformance.run(HistoryRepositoryCheck.all) { _ in
            let history = BrokenHistory()
            return HistoryRepositorySubject(history, another: { history }, restart: { history })
        }
        #expect(history.passed.count == HistoryRepositoryCheck.all.count, "\(history)")
        let log = await Conformance.run(EventLogCheck.all) { check in
            let base = InMemoryEventLog(capacityPerPartition: check.requires.contains(.forgetting) ? 64 : 65_536)
            // A crash makes all members leave.
            let members = Locked([any ChatEventConsumer]())
            var log = BrokenLog(base)
            log.makeConsumer = {
                let consumer = BrokenConsumer(base.makeConsumer(group: $0, startingAt: $1, commits: $2))
                members.withLock { $0.append(consumer) }
                return consumer
            }
            let isDown = Locked(false)
            log.replay.onFind = { (scopes, partition, offsets, limit) async throws(ChatError) in
                guard !isDown.withLock({ $0 }) else { throw ChatError(.unavailable, "Down, on purpose.") }
                return try await base.events(in: scopes, partition: partition, offsets: offsets, limit: limit)
            }
            return EventLogSubject(
                log.view,
                partitions: 3,
                another: { [log] in log.view },
                restart: { [log] in
                    for member in members.withLock({ $0 }) { await member.close() }
                    return log.view
                },
                forget: { try await base.fill($0.partition, with: 128) },
                breakDown: { isDown.withLock { $0 = true } }
            )
        }
        #expect(log.passed.count == EventLogCheck.all.count, "\(log)")
    }
}
