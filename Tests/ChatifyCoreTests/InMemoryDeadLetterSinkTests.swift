import ChatifyCore
import Testing

@Suite struct InMemoryDeadLetterSinkTests {
    private func letter(_ offset: Int64) -> DeadLetter {
        DeadLetter(
            value: [1, 2, 3],
            reason: "not JSON",
            source: LogPosition(partition: 0, offset: offset),
            headers: RecordHeaders()
        )
    }

    @Test func keepsLettersUpToItsCapacity() async throws {
        let sink = InMemoryDeadLetterSink(capacity: 2)
        try await sink.send(self.letter(0))
        try await sink.send(self.letter(1))
        let error = await #expect(throws: ChatError.self) { try await sink.send(self.letter(2)) }
        #expect(error?.code == .unavailable)
        #expect(sink.letters == [self.letter(0), self.letter(1)])
    }
}
