internal import ArgumentParser

/// `chatify-server dlq`: the dead letters, for people to look at and to send again.
struct DeadLetterCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dlq",
        abstract: "List dead letters, or send their records again.",
        discussion: """
            A record of the log that can never be stored is kept in the topic of the dead letters. The log has to be in \
            Kafka; servers may be running on it meanwhile.
            """,
        subcommands: [DeadLetterListCommand.self, DeadLetterRequeueCommand.self]
    )
}
