internal import ChatifyCore
internal import ChatifySQLite
internal import TestSupport
internal import Testing

@Suite(.timeLimit(.minutes(5))) struct LogOrderTests {
    @Test func offsetsGrowByOnePerPartition() async throws {
        try await withStore(in: TemporaryFolder()) { store in
            for offset in 0..<10 as Range<Int64> {
                for (partition, scope) in Ledger.scopes.enumerated() {
                    let event = try event(UInt64(offset), in: scope)
                    let position = try await store.log.produce(event, headers: RecordHeaders())
                    #expect(position == LogPosition(partition: Int32(partition), offset: offset))
                }
            }
        }
    }

    @Test func hundredsOfProducersAndEveryGroupHasAllInOrder() async throws {
        let (producers, steps) = (300 as UInt64, 10 as UInt64)
        let positions = Recorder<LogPosition>()
        try await withStore(in: TemporaryFolder()) { store in
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                for producer in 0..<producers {
                    tasks.addTask {
                        for step in 0..<steps {
                            let event = try event(producer * steps + step, in: "scope-\(producer)")
                            positions.record(try await store.log.produce(event, headers: RecordHeaders()))
                        }
                    }
                }
                for group in ["a", "b", "c"] {
                    tasks.addTask {
                        let consumer = try await store.log.makeConsumer(
                            group: group,
                            startingAt: .beginning,
                            commits: .automatic
                        )
                        var (next, count) = ([ScopeID: UInt64](), 0 as UInt64)
                        while count < producers * steps {
                            for record in try await consumer.nextBatch(limit: 64) {
                                let event = try #require(record.event)
                                let step = (event.messageID.low & 0xFFFF_FFFF) % steps
                                #expect(step == next[event.scope.id, default: 0])
                                next[event.scope.id] = step + 1
                                count += 1
                            }
                        }
                        #expect(next.values.allSatisfy { $0 == steps })
                    }
                }
                try await tasks.waitForAll()
            }
        }
        for partition in 0..<3 as Range<Int32> {
            let offsets = positions.all.filter { $0.partition == partition }.map(\.offset)
            #expect(offsets.sorted() == Array(0..<Int64(offsets.count)))
        }
    }

    @Test func theSameEventTwiceIsTwoRecordsAndOneMessage() async throws {
        let folder = TemporaryFolder()
        let (first, other) = (try event(1), try event(2))
        var changed = first
        changed.text = "Something else"
        for round in 0..<2 as Range<Int64> {
            try await withStore(in: folder) { store in
                let headers = RecordHeaders(correlationID: nil, traceparent: "second")
                let position = try await store.log.produce(round == 0 ? first : changed, headers: headers)
                #expect(position.offset == round)
            }
        }
        try await withStore(in: folder) { store in
            _ = try await store.log.produce(other, headers: RecordHeaders())
            let records = try await store.wholeLog(until: [other])
            // What was stored first counts.
            #expect(records.compactMap(\.event) == [first, first, other])
            #expect(records[1].headers.traceparent == "second")
            let messages = try await store.wholeHistory(of: first.scope)
            #expect(messages.map(\.event) == [first, other])
            #expect(messages.map(\.position?.offset) == [0, 2])
        }
    }

    @Test func headersComeBackFromMemoryAndFromTheFile() async throws {
        let folder = TemporaryFolder()
        let headers = [
            RecordHeaders(), RecordHeaders(correlationID: .random()), RecordHeaders(traceparent: ""),
            RecordHeaders(correlationID: .random(), traceparent: "00-\u{0}-é-👩‍👩‍👧"),
        ]
        for isFirst in [true, false] {
            let records = try await withStore(in: folder) { store in
                for (number, headers) in headers.enumerated() where isFirst {
                    _ = try await store.log.produce(try event(UInt64(number)), headers: headers)
                }
                return try await store.wholeLog(until: [try event(3)])
            }
            #expect(records.map(\.headers) == headers)
        }
    }
}
