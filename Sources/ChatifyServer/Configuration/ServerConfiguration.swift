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
    /// Whether everything is kept in memory: with true nothing is written to disk.
    public var isInMemory = false
    /// Where and for how long messages are kept on disk.
    public var storage = StorageConfiguration()
    /// The Redis server that keeps presence and limits for all pods; `nil`, the default, for this pod's memory.
    ///
    /// `host:port[,password=…][,ssl=true][,defaultDatabase=n]` or a `redis://` URL.
    public var cachingConnectionString: String?
    /// How the log that many pods share is reached.
    public var broker = BrokerConfiguration()
    /// Whether the log is kept in memory whatever else is set; for tests.
    public var usesInMemoryBroker = false
    /// What the consumer group of a pod's live delivery is called, before `-` and the pod's name.
    public var broadcastGroupPrefix = "chatify-broadcast"
    /// What the history writers' consumer group is called; a history that pods do not share adds `-` and the pod's name.
    public var historyGroup = "chatify-chat-history-writer"
    /// The partitions of the log; 3 by default.
    public var partitions: Int32 = 3

    /// The defaults of contracts §8.
    public init() {}
}
