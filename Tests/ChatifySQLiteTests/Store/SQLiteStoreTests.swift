internal import ChatifyCore
internal import ChatifySQLite
internal import TestSupport
internal import Testing

@Suite struct SQLiteStoreTests {
    @Test func whatWasProducedIsInLogAndHistoryAfterAReopening() async throws {
        let folder = TemporaryFolder()
        let position = try await withStore(in: folder) { store in
            try await store.log.produce(try event(1), headers: RecordHeaders())
        }
        #expect(position.offset == 0)
        try await withStore(in: folder) { store in
            let next = try await store.log.produce(try event(2), headers: RecordHeaders())
            #expect(next == LogPosition(partition: position.partition, offset: 1))
            let page = try await store.history.messages(HistoryQuery(scope: .channel(try ScopeID("general"))))
            #expect(page.messages.map(\.event) == [try event(1), try event(2)])
            #expect(page.messages.map(\.position) == [position, next])
            let consumer = try await store.log.makeConsumer(group: "g", startingAt: .beginning, commits: .manual)
            let records = try await consumer.nextBatch(limit: 10)
            #expect(records.map(\.payload) == [.event(try event(1)), .event(try event(2))])
            try await consumer.commit([position])
        }
        try await withStore(in: folder) { store in
            let consumer = try await store.log.makeConsumer(group: "g", startingAt: .beginning, commits: .manual)
            let records = try await consumer.nextBatch(limit: 10)
            #expect(records.map(\.payload) == [.event(try event(2))])
        }
    }

    @Test func aSecondStoreOnTheSameFileIsRefused() async throws {
        let folder = TemporaryFolder()
        try await withStore(in: folder) { _ in
            let error = await #expect(throws: ChatError.self) {
                try await withStore(in: folder) { _ in }
            }
            #expect(error?.message.contains("in use by process") == true)
        }
    }
}
