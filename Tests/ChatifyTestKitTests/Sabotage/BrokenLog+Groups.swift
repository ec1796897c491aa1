import ChatifyCore
import ChatifyTestKit

extension Sabotage where Subject == EventLogSubject {
    static let committing: [Sabotage] = [
        .consuming(.uncommittedRecordsComeAgain, caughtWith: "did not come", patience: impatient) { consumer in
            consumer.onNext = { [base = consumer.base] (limit) async throws(ChatError) in
                let batch = try await base.nextBatch(limit: limit)
                try await base.commit(batch.map(\.position))
                return batch
            }
        },
        .grouping(.commitsNeverGoBack, caughtWith: "took the committed offset back") { base in
            // Each member reads all from the start and leaves out what the group's last commit covers.
            let committed = Locked<LogPosition?>(nil)
            let counter = Locked(0)
            return { group, _, commits in
                let number = counter.withLock { number in
                    number += 1
                    return number
                }
                var consumer = BrokenConsumer(
                    base.makeConsumer(group: "\(group)-\(number)", startingAt: .beginning, commits: commits)
                )
                let last = committed.withLock { $0 }
                consumer.onNext = { [base = consumer.base] (limit) async throws(ChatError) in
                    while true {
                        let batch = try await base.nextBatch(limit: limit).filter {
                            $0.position.partition != last?.partition || $0.position.offset > last?.offset ?? -1
                        }
                        if !batch.isEmpty { return batch }
                    }
                }
                consumer.onCommit = { (positions) async throws(ChatError) in
                    committed.withLock { $0 = positions.last }
                }
                return consumer
            }
        },
        .consuming(.strangeCommitsAreIgnored, caughtWith: "moved the group's offset") { consumer in
            consumer.onCommit = { [base = consumer.base] (positions) async throws(ChatError) in
                try await base.commit(positions.map { LogPosition(partition: 0, offset: $0.offset) })
            }
        },
        .grouping(.automaticCommitsFollowTheReader, caughtWith: "did not begin at the last batch") { base in
            { group, start, _ in
                BrokenConsumer(base.makeConsumer(group: group, startingAt: start, commits: .manual))
            }
        },
        .grouping(.groupsReadApart, caughtWith: "did not come", patience: impatient) { base in
            { _, start, commits in
                BrokenConsumer(base.makeConsumer(group: "everybody", startingAt: start, commits: commits))
            }
        },
        .grouping(.aNewGroupBeginsWhereTold, caughtWith: "what was there before") { base in
            { group, _, commits in
                BrokenConsumer(base.makeConsumer(group: group, startingAt: .beginning, commits: commits))
            }
        },
    ]

    static let sharing: [Sabotage] = [
        .grouping(.aPartitionHasOneReader, caughtWith: "came to two members") { base in
            let members = Locked(0)
            return { group, start, commits in
                let number = members.withLock { number in
                    number += 1
                    return number
                }
                return BrokenConsumer(
                    base.makeConsumer(group: "\(group)-\(number)", startingAt: start, commits: commits)
                )
            }
        },
        .consuming(.leaversHandOver, caughtWith: "were not taken over", patience: impatient) { consumer in
            // Held, or it would leave by itself.
            consumer.onClose = { [base = consumer.base] in withExtendedLifetime(base) {} }
        },
        .grouping(.staleCommitsAreIgnored, caughtWith: "committed a partition that another had taken over") { base in
            let members = Locked([any ChatEventConsumer]())
            return { group, start, commits in
                var consumer = BrokenConsumer(base.makeConsumer(group: group, startingAt: start, commits: commits))
                members.withLock { [base = consumer.base] in $0.append(base) }
                // Nobody asks who has the partition now.
                consumer.onCommit = { (positions) async throws(ChatError) in
                    for member in members.withLock({ $0 }) { try await member.commit(positions) }
                }
                return consumer
            }
        },
        .consuming(.membersComeAndGoWithoutLoss, caughtWith: "never came again") { consumer in
            let given = Locked([LogPosition]())
            consumer.onNext = { [base = consumer.base] (limit) async throws(ChatError) in
                let batch = try await base.nextBatch(limit: limit)
                given.withLock { $0 += batch.map(\.position) }
                return batch
            }
            // Whoever leaves was surely done.
            consumer.onClose = { [base = consumer.base] in
                try? await base.commit(given.withLock { $0 })
                await base.close()
            }
        },
        Sabotage(.acknowledgedEventsSurviveACrash, caughtWith: "gone after a crash") {
            EventLogSubject(BrokenLog().view, partitions: 3, restart: { BrokenLog().view })
        },
        Sabotage(.commitsSurviveACrash, caughtWith: "did not begin behind what it had committed") {
            let base = InMemoryEventLog()
            return EventLogSubject(
                BrokenLog(base).view,
                partitions: 3,
                restart: {
                    var log = BrokenLog(base)
                    log.makeConsumer = {
                        BrokenConsumer(base.makeConsumer(group: "\($0) anew", startingAt: $1, commits: $2))
                    }
                    return log.view
                }
            )
        },
        Sabotage(.podsShareOneLog, caughtWith: "did not see what another appended") {
            EventLogSubject(BrokenLog().view, partitions: 3, another: { BrokenLog().view })
        },
    ]
}
