internal import ArgumentParser
internal import ChatifyCore
internal import ChatifyKafka

/// `chatify-server dlq list`: one line for each dead letter.
struct DeadLetterListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Print one line for each dead letter, the oldest first.",
        discussion: """
            The columns, separated by tabs: when the letter was kept, the topic of its record, the record's \
            partition/offset there, why it cannot be stored, and the first 256 bytes of its value. Bytes that are \
            not printable ASCII are written \\xNN.
            """
    )

    @OptionGroup var choice: DeadLetterChoice
    @OptionGroup var source: SettingsOptions

    func run() async throws {
        try await DeadLetterLog.run(self.source) { log throws(ChatError) in
            let letters = try await self.choice.read(log)
            for letter in letters.prefix(self.choice.limit) { print(Self.line(letter)) }
            StandardOutput.flush()
            self.choice.reportMore(letters)
        }
    }

    private static func line(_ letter: KafkaDeadLetter) -> String {
        let columns = [
            letter.keptAt?.description ?? "-",
            letter.sourceTopic.map(Self.printable) ?? "-",
            letter.letter.source.description,
            Self.printable(letter.letter.reason),
            PayloadPreview.text(of: letter.letter.value, limit: 256),
        ]
        return columns.joined(separator: "\t")
    }

    private static func printable(_ text: String) -> String { PayloadPreview.text(of: text.utf8, limit: 1024) }
}
