public import ChatifyCore
public import ChatifyHub

/// All settings of a chat server, with the defaults of contracts §8.
public struct ServerConfiguration: Sendable {
    /// Where the server listens and what it allows its clients.
    public var server = HTTPServerConfiguration()
    /// The web origins that may use the server besides its own, such as `https://chat.example.org`.
    public var allowedOrigins: [String] = []
    /// How the hub treats its connections.
    public var hub = HubConfiguration()
    /// The limits on messages and on sending.
    public var chat = ChatServiceConfiguration()
    /// How the history is written.
    public var historyWriter = HistoryWriterConfiguration()
    /// Whether nothing is written to disk.
    ///
    /// This version keeps everything in memory either way.
    public var isInMemory = false
    /// The partitions of the log; 3 by default.
    public var partitions: Int32 = 3

    /// The defaults of contracts §8.
    public init() {}
}
