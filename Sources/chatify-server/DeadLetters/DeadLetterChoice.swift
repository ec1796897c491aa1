internal import ArgumentParser
internal import ChatifyCore
internal import ChatifyKafka

/// The options that choose dead letters.
struct DeadLetterChoice: ParsableArguments {
    @Option(help: ArgumentHelp("The most letters, from 1 to 10000.", valueName: "number"))
    var limit = 100

    @Option(
        help: ArgumentHelp("Only letters kept at that time or later (2026-01-15T10:30:00Z).", valueName: "time"),
        transform: Timestamp.init(argument:)
    )
    var from: Timestamp?

    func validate() throws {
        guard (1...10_000).contains(self.limit) else {
            throw ValidationError("--limit=\(self.limit): must be a whole number from 1 to 10000")
        }
    }

    /// The letters that are chosen, and one more if there are more.
    func read(_ log: KafkaLog) async throws(ChatError) -> [KafkaDeadLetter] {
        let from = self.from ?? .earliest
        // What does not say when it was kept may have been kept at any time.
        return try await log.keptDeadLetters.letters(limit: self.limit + 1) { $0.keptAt ?? .latest >= from }
    }

    /// Says that there are more, if there are.
    func reportMore(_ letters: [KafkaDeadLetter]) {
        guard letters.count > self.limit, let next = letters.last?.keptAt else { return }
        StandardError.print("There are more: --from \(next), or a higher --limit")
    }
}

extension Timestamp {
    /// Reads an ISO 8601 time.
    init(argument: String) throws {
        guard let time = Timestamp(iso8601: argument) else {
            throw ValidationError("\"\(argument)\" must be a time such as 2026-01-15T10:30:00Z")
        }
        self = time
    }
}

extension LogPosition {
    /// Reads `partition/offset`, as ``description`` writes it.
    init(argument: String) throws {
        let parts = argument.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let partition = Int32(parts[0]), let offset = Int64(parts[1]), partition >= 0,
            offset >= 0
        else { throw ValidationError("\"\(argument)\" must be partition/offset, such as 1/42") }
        self.init(partition: partition, offset: offset)
    }
}
