/// Where and for how long a server that keeps its log and history on disk keeps them (contracts §8, `Chatify:Sqlite`).
public struct StorageConfiguration: Sendable, Hashable {
    /// The directory of everything the server writes to disk.
    public var dataDirectory = "./chatify-data"
    /// The path of the database; `nil` for `chatify.db` in ``dataDirectory``.
    public var databasePath: String?
    /// Whether an acknowledged message survives the machine's loss of power; true by default.
    ///
    /// If not, the last ones before a loss of power may be gone, and only those; a death of the process alone loses
    /// none.
    public var isFullySynchronous = true
    /// How long the log keeps a record; 7 days by default.
    public var logRetentionAge: Duration = .seconds(7 * 86_400)
    /// How many bytes the log's records may take before the oldest go; 0, the default, for no limit.
    public var logRetentionBytes: Int64 = 0
    /// How long the history keeps a message; `nil`, the default, for ever.
    public var historyRetentionAge: Duration?
    /// How many bytes of the database may be in use before the oldest messages go; 0, the default, for no limit.
    public var historyRetentionBytes: Int64 = 0

    /// The defaults of contracts §8.
    public init() {}

    /// The path of the database.
    public var effectiveDatabasePath: String {
        if let path = self.databasePath { return path }
        return self.dataDirectory.utf8.last == UInt8(ascii: "/")
            ? self.dataDirectory + "chatify.db" : self.dataDirectory + "/chatify.db"
    }
}
