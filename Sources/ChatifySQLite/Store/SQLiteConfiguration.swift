/// The settings of an ``SQLiteStore``.
public struct SQLiteConfiguration: Sendable, Hashable {
    /// The partitions of the log, 1–1024, 3 by default; fixed when the file is made.
    public var partitions: Int32 = 3
    /// Whether a file whose log has another number of partitions is taken as it is; false by default.
    ///
    /// For a store that keeps the history of another log.
    public var takesAnyPartitions = false
    /// Whether a send is answered only when the disk has it; `FULL` by default.
    public var synchronous = SQLiteSynchronous.full
    /// How long a call waits for the disk before it fails with an unknown outcome; 30 s by default.
    public var timeout: Duration = .seconds(30)
    /// The most writes, and the most reads, that may wait at one time; 65 536 by default.
    ///
    /// Beyond it a call fails at once.
    public var maximumWaitingCalls = 65_536
    /// The threads that read, each with a connection of its own; 2 by default.
    public var readers = 2
    /// What is dropped, and when.
    public var retention = SQLiteRetention()
    /// The pages in the write-ahead log from which on they are moved into the database: 32 MiB of them.
    package var checkpointPages = 8192

    /// The defaults.
    public init() {}
}

/// When a commit counts as done (https://sqlite.org/pragma.html#pragma_synchronous).
public struct SQLiteSynchronous: Sendable, Hashable {
    enum Level: String { case full = "FULL", normal = "NORMAL" }
    let level: Level

    /// When the disk has it: it survives a loss of power.
    public static let full = SQLiteSynchronous(level: .full)
    /// When the operating system has it: it survives the death of the process; a loss of power may take the last seconds of
    /// answered messages, and leaves the file whole.
    public static let normal = SQLiteSynchronous(level: .normal)
}

/// What an ``SQLiteStore`` drops, and when.
///
/// Nothing that a consumer group has yet to read is ever dropped.
public struct SQLiteRetention: Sendable, Hashable {
    /// How long the log keeps records that every group has committed; 7 days by default.
    public var logAge: Duration = .seconds(7 * 86_400)
    /// The most bytes the log's records may take, at about 128 bytes each; `nil`, the default, for no limit.
    public var logBytes: Int64?
    /// How long the history keeps messages; `nil`, the default, for ever.
    public var historyAge: Duration?
    /// The most bytes in use within the file before the oldest messages go; `nil`, the default, for no limit.
    public var fileBytes: Int64?
    /// A group that nobody has joined for so long no longer keeps the log from being trimmed, and is forgotten; 7 days by default.
    public var groupAge: Duration = .seconds(7 * 86_400)
    /// How often the store looks for what to drop; 60 s by default.
    public var interval: Duration = .seconds(60)

    /// The defaults: history for ever, the log for a week.
    public init() {}

    /// Drops nothing, for who only wants to add something to a file that others look after.
    public static let keepingEverything: SQLiteRetention = {
        var retention = SQLiteRetention()
        retention.logAge = .seconds(Int64.max)
        retention.groupAge = .seconds(Int64.max)
        return retention
    }()
}
