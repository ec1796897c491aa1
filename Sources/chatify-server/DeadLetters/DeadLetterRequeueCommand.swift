internal import ArgumentParser
internal import ChatifyCore
internal import ChatifyKafka

/// `chatify-server dlq requeue`: writes the records of dead letters to the log again.
struct DeadLetterRequeueCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "requeue",
        abstract: "Write the records of dead letters to the log again, each under its key.",
        discussion: """
            Prints a line for each: where the record stood, and where it stands now. A value that would only become a \
            dead letter again is refused unless --force is given. No letter is ever removed.
            """
    )

    @Argument(
        help: ArgumentHelp("Which: where their records stood, as list prints it.", valueName: "partition/offset"),
        transform: LogPosition.init(argument:)
    )
    var places: [LogPosition] = []

    @Flag(help: "All that --from and --limit choose.")
    var all = false

    @Flag(help: "Write values as they are, whether they are events or not.")
    var force = false

    @Option(help: ArgumentHelp("What to write in place of the one letter's value.", valueName: "file"))
    var value: String?

    @OptionGroup var choice: DeadLetterChoice
    @OptionGroup var source: SettingsOptions

    func validate() throws {
        guard self.all == self.places.isEmpty else {
            throw ValidationError("Say which letters by partition/offset, or --all")
        }
        guard self.value == nil || self.places.count == 1 else {
            throw ValidationError("--value is for one letter")
        }
    }

    func run() async throws {
        let value = try self.value.map { try FileContents.read($0, option: "--value") }
        var failures = 0
        try await DeadLetterLog.run(self.source) { log throws(ChatError) in
            let letters = try await self.letters(log)
            for letter in letters where try await !self.requeue(letter, value, log) { failures += 1 }
            failures += self.reportMissing(letters)
        }
        if failures > 0 { throw ExitCode.failure }
    }

    private func letters(_ log: KafkaLog) async throws(ChatError) -> [KafkaDeadLetter] {
        guard self.all else {
            let places = Set(self.places)
            return try await log.keptDeadLetters.letters(limit: places.count) { places.contains($0.letter.source) }
        }
        let letters = try await self.choice.read(log)
        self.choice.reportMore(letters)
        return Array(letters.prefix(self.choice.limit))
    }

    /// Writes one letter's record; `false` after a report if that is refused.
    private func requeue(
        _ letter: KafkaDeadLetter,
        _ value: [UInt8]?,
        _ log: KafkaLog
    ) async throws(ChatError) -> Bool {
        let source = letter.letter.source
        if let defect = self.defect(of: letter, value, log) {
            StandardError.print("chatify-server: \(source): \(defect)")
            return false
        }
        do throws(ChatError) {
            print("\(source)\t\(try await log.keptDeadLetters.requeue(letter, value: value))")
            StandardOutput.flush()
            return true
        } catch {
            throw ChatError(error.code, "\(source): \(error.message)", cause: error)
        }
    }

    /// Why a letter's record is not written.
    private func defect(of letter: KafkaDeadLetter, _ value: [UInt8]?, _ log: KafkaLog) -> String? {
        guard letter.isWhole || value != nil else {
            return "only the first \(letter.letter.value.count) bytes were kept; give the whole with --value"
        }
        guard !self.force, let defect = log.keptDeadLetters.defect(of: value ?? letter.letter.value) else { return nil }
        return "needs --value or --force, for it would become a dead letter again: \(defect)"
    }

    /// Names the letters that were asked for and not found, and counts them.
    private func reportMissing(_ letters: [KafkaDeadLetter]) -> Int {
        let missing = Set(self.places).subtracting(letters.map(\.letter.source))
        for place in self.places where missing.contains(place) {
            StandardError.print("chatify-server: \(place): no dead letter is of a record that stood there")
        }
        return missing.count
    }
}
