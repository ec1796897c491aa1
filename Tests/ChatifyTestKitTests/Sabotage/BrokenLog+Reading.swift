import ChatifyCore
import ChatifyTestKit

extension Sabotage where Subject == EventLogSubject {
    static let producing: [Sabotage] = [
        .producing(.offsetsRise, caughtWith: "has the lower offset") { log, base in
            log.onProduce = { (event, headers) async throws(ChatError) in
                let position = try await base.produce(event, headers: headers)
                return LogPosition(partition: position.partition, offset: 1000 - position.offset)
            }
        },
        .producing(.scopesChooseThePartition, caughtWith: "went to another partition") { log, base in
            log.onProduce = { (event, headers) async throws(ChatError) in
                var event = event
                event.scope.id = ScopeID(unchecked: event.scope.id.rawValue + "\n")
                return try await base.produce(event, headers: headers)
            }
        },
        .producing(.recordsComeAsTheyWent, caughtWith: "came back changed") { log, base in
            log.onProduce = { (event, _) async throws(ChatError) in
                try await base.produce(event, headers: RecordHeaders())
            }
        },
        .producing(.anyEventComesBack, caughtWith: "came back changed") { log, base in
            log.onProduce = { (event, headers) async throws(ChatError) in
                var event = event
                event.text = event.text.untilZero
                return try await base.produce(event, headers: headers)
            }
        },
        .producing(.eachEventIsThereOnce, caughtWith: "more than once") { log, base in
            let counter = Counter()
            log.onProduce = { (event, headers) async throws(ChatError) in
                if counter.isOneOf(10) { _ = try await base.produce(event, headers: headers) }
                return try await base.produce(event, headers: headers)
            }
        },
        .producing(.eachEventIsThereOnce, caughtWith: "not where the log said") { log, base in
            let counter = Counter()
            log.onProduce = { (event, headers) async throws(ChatError) in
                var event = event
                // Another event is written over this one.
                if counter.isOneOf(10) { event.text = "lost" }
                return try await base.produce(event, headers: headers)
            }
        },
        .producing(.aCancelledProduceTellsNoLie, caughtWith: "where its event is not") { log, base in
            log.onProduce = { (event, headers) async throws(ChatError) in
                guard !Task.isCancelled else { return LogPosition(partition: 0, offset: 77) }
                return try await base.produce(event, headers: headers)
            }
        },
    ]

    static let reading: [Sabotage] = [
        .consuming(.orderIsThatOfTheLog, caughtWith: "in another order") { consumer in
            consumer.onNext = { [base = consumer.base] (limit) async throws(ChatError) in
                try await base.nextBatch(limit: limit).reversed()
            }
        },
        .consuming(.batchesKeepTheirLimit, caughtWith: "more records than its limit") { consumer in
            consumer.onNext = { [base = consumer.base] (limit) async throws(ChatError) in
                try await base.nextBatch(limit: limit + 1)
            }
        },
        .consuming(.readingWaits, caughtWith: "something else than the next record") { consumer in
            let counter = Counter()
            consumer.onNext = { [base = consumer.base] (limit) async throws(ChatError) in
                counter.isOneOf(3) ? [] : try await base.nextBatch(limit: limit)
            }
        },
        .consuming(.readingWaits, caughtWith: "did not wake", patience: impatient) { consumer in
            let counter = Counter()
            consumer.onNext = { [base = consumer.base] (limit) async throws(ChatError) in
                if counter.isOneOf(3) {
                    do {
                        try await Task.sleep(for: .seconds(100_000))
                    } catch {
                        throw ChatError(.cancelled, "Reading was cancelled.")
                    }
                }
                return try await base.nextBatch(limit: limit)
            }
        },
        .consuming(.cancellingEndsAWait, caughtWith: "waits on", patience: impatient) { consumer in
            consumer.onNext = consumer.nextInSpiteOfAll
        },
        .consuming(.cancellingLosesNothing, caughtWith: "never came") { consumer in
            consumer.onNext = { [consumer] (limit) async throws(ChatError) in
                let batch = try await consumer.nextInSpiteOfAll(limit)
                for _ in 0..<50 where !Task.isCancelled { await Task.yield() }
                // Forgets what it has in its hands.
                guard !Task.isCancelled else { throw ChatError(.cancelled, "Reading was cancelled.") }
                return batch
            }
        },
        .consuming(.aCancelledTaskDoesNotWait, caughtWith: "cancelled before it began waits", patience: impatient) {
            consumer in
            consumer.onNext = { [consumer] (limit) async throws(ChatError) in
                Task.isCancelled
                    ? try await consumer.nextInSpiteOfAll(limit) : try await consumer.base.nextBatch(limit: limit)
            }
        },
        .consuming(.closingEndsReading, caughtWith: "not told that the consumer was closed") { consumer in
            consumer.onNext = { [base = consumer.base] (limit) async throws(ChatError) in
                do {
                    return try await base.nextBatch(limit: limit)
                } catch {
                    throw ChatError(.unavailable, "The log is out of reach.", cause: error)
                }
            }
        },
    ]
}
