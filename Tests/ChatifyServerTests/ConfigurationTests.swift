import ChatifyCore
import ChatifyHub
import ChatifySignalR
import Testing

@testable import ChatifyServer

struct ConfigurationTests {
    private static func port(_ settings: [Setting]) throws -> Int {
        try ServerConfiguration.load(settings).configuration.server.port
    }

    @Test(arguments: ["Chatify__Server__Port", "CHATIFY__SERVER__PORT", "chatify__server__port"])
    func `Environment variables count in any letter case`(_ name: String) throws {
        #expect(try Self.port(Setting.environment([name: "9001", "PATH": "/bin", "Chatify": "x"])) == 9001)
    }

    @Test(arguments: [
        #"{"Chatify":{"Server":{"Port":9001}}}"#, #"{"chatify":{"SERVER":{"port":"9001"}}}"#,
        #"{"Chatify:Server:Port":9001}"#,
        #"{"Chatify":{"Server":{"Port":1,"port":9001}},"Other":[1,"a",true],"Nothing":null}"#,
    ])
    func `JSON is flattened`(_ text: String) throws {
        let settings = try Setting.json(Array(text.utf8), file: "f.json")
        #expect(try Self.port(settings) == 9001)
        #expect(settings.allSatisfy { $0.origin == "file f.json" })
    }

    @Test(arguments: ["", "[]", "{", #"{"a":1}x"#, "\u{FEFF}"])
    func `What is no JSON object is told with its file`(_ text: String) {
        let error = #expect(throws: ConfigurationError.self) { try Setting.json(Array(text.utf8), file: "f.json") }
        #expect(error?.description.hasPrefix("f.json is no valid configuration: ") == true)
    }

    @Test func `Flags override the environment, which overrides the file`() throws {
        let file = try Setting.json(Array(#"{"Chatify":{"Server":{"Port":1,"Loops":2,"Host":"::1"}}}"#.utf8), file: "f")
        let environment = Setting.environment(["CHATIFY__SERVER__PORT": "3", "Chatify__Server__Loops": "4"])
        let flags = [Setting(key: "Chatify:Server:Port", value: "5", origin: "flag --port")]
        let server = try ServerConfiguration.load(file + environment + flags).configuration.server
        #expect((server.port, server.loops, server.host) == (5, 4, "::1"))
    }

    @Test func `Of names that differ in letter case the same one always counts`() throws {
        let names = ["CHATIFY__SERVER__PORT": "1", "Chatify__Server__Port": "2", "chatify__server__port": "3"]
        for _ in 0..<20 { #expect(try Self.port(Setting.environment(names)) == 3) }
    }

    @Test(arguments: [
        ("Chatify:Server:Port", "65536", "a whole number from 0 to 65535"),
        ("Chatify:Server:Port", "", "a whole number"),
        ("Chatify:Server:Port", "-1", "a whole number"),
        ("Chatify:Server:Port", "99999999999999999999", "a whole number"),
        ("chatify:server:host", "", "an IP address or localhost"), ("Chatify:Server:InMemory", "yes", "true or false"),
        ("Chatify:Server:AllowedOrigins", "https://a/path", "a list of origins"),
        ("Chatify:Server:AllowedOrigins", "https://a,b", "a list of origins"),
        ("Chatify:Hub:Transports", "", "a list of one or more of WebSockets, ServerSentEvents, LongPolling"),
        ("Chatify:Hub:Transports", " , ", "a list of one or more of WebSockets, ServerSentEvents, LongPolling"),
        ("Chatify:Hub:Transports", "WebSockets,LongPoling", "a list of one or more of WebSockets"),
        ("Chatify:Hub:Transports", "WebSockets LongPolling", "a list of one or more of WebSockets"),
        ("Chatify:Hub:KeepAliveSeconds", "0", "a whole number of seconds from 1 to 3600"),
        ("Chatify:Hub:KeepAliveSeconds", "1.5", "a whole number of seconds"),
        ("Chatify:ChatHistoryWriter:DatabaseRetryBaseDelayMs", "0", "a whole number of milliseconds"),
        ("Chatify:Server:DataDirectory", "", "a path"), ("Chatify:Sqlite:Path", "", "a path"),
        ("Chatify:Sqlite:Synchronous", "OFF", "FULL or NORMAL"),
        ("Chatify:Sqlite:LogRetentionHours", "0", "a whole number of hours from 1 to 87600"),
        ("Chatify:Sqlite:LogRetentionHours", "87601", "a whole number of hours from 1 to 87600"),
        ("Chatify:Sqlite:LogRetentionMegabytes", "-1", "a whole number from 0 to 1000000000"),
        ("Chatify:Sqlite:LogRetentionMegabytes", "1000000001", "a whole number from 0 to 1000000000"),
        ("Chatify:Sqlite:HistoryRetentionDays", "-1", "a whole number of days from 0 to 36500"),
        ("Chatify:Sqlite:HistoryRetentionDays", "36501", "a whole number of days from 0 to 36500"),
        ("Chatify:Sqlite:HistoryRetentionMegabytes", "1e9", "a whole number from 0 to 1000000000"),
        ("Chatify:MessageBroker:UseInMemoryBroker", "", "true or false"),
        ("Chatify:MessageBroker:BroadcastConsumerGroupPrefix", "", "1 to 249 characters of letters, digits"),
        ("Chatify:ChatHistoryWriter:ConsumerGroupId", "a b", "1 to 249 characters of letters, digits"),
        ("Chatify:ChatHistoryWriter:ConsumerGroupId", "\u{E9}", "1 to 249 characters of letters, digits"),
        ("Chatify:Sqlite", "x", "a section, not a value"),
        ("Chatify:Server", "x", "a section, not a value"), ("Chatify", "x", "a section, not a value"),
        ("Chatify:Scylla:ContactPoints", "db", "unset: this build has no Cassandra yet"),
        ("Chatify:MessageBroker:TopicName", "a topic", "1 to 249 characters of letters, digits"),
        ("Chatify:MessageBroker:ReplicationFactor", "101", "a whole number from 0 to 100"),
        ("Chatify:MessageBroker:LingerMs", "-1", "a whole number of milliseconds from 0 to 1000"),
    ])
    func `A wrong value is told with its key and what is allowed`(_ key: String, _ value: String, _ allowed: String) {
        let setting = Setting(key: key, value: value, origin: "flag --x")
        let error = #expect(throws: ConfigurationError.self) { try ServerConfiguration.load([setting]) }
        #expect(error?.description.hasPrefix("\(key)=\"\(value)\" (flag --x): must be \(allowed)") == true)
    }

    @Test(arguments: ["Chatify:Auth:Jwt:Secret", "chatify:auth:jwt:SECRET"])
    func `Secrets are not shown`(_ key: String) {
        let setting = Setting(key: key, value: "hunter2", origin: "environment")
        let error = #expect(throws: ConfigurationError.self) { try ServerConfiguration.load([setting]) }
        #expect(error?.description.hasPrefix("\(key)=*** (environment)") == true)
    }

    @Test func `A value is shown on one line, and not without end`() {
        let value = "a\nb\u{1B}c" + String(repeating: "x", count: 100)
        let shown = Setting(key: "k", value: value, origin: "").shownValue
        #expect(shown == "\"a b c" + String(repeating: "x", count: 75) + "\"")
    }

    @Test func `Unknown keys of ours are warned about, others are not ours`() throws {
        let settings = [
            Setting(key: "Chatify:Server:Prot", value: "hunter2", origin: "file f"),
            Setting(key: "Logging:Level", value: "x", origin: "file f"),
            Setting(key: "Chatify:Caching:ConnectionString", value: "", origin: "file f"),
        ]
        let (_, warnings) = try ServerConfiguration.load(settings)
        #expect(warnings == ["Unknown setting Chatify:Server:Prot (file f) is ignored"])
    }

    @Test func `Each value goes where it belongs`() throws {
        let values = [
            "Chatify:Server:MaxConnections": "7", "Chatify:Server:MaxConnectionsPerUser": "8",
            "Chatify:Server:ShutdownGraceSeconds": "9", "Chatify:Server:InMemory": "TRUE",
            "Chatify:Server:AllowedOrigins": " https://a.example , http://b:81,",
            "Chatify:Hub:ClientTimeoutSeconds": "10",
            "Chatify:Hub:MaximumReceiveMessageSize": "2048", "Chatify:Hub:MaxOutboundBytesPerConnection": "65536",
            "Chatify:Hub:MaxScopesPerConnection": "11", "Chatify:RateLimit:SendMessage:Threshold": "0",
            "Chatify:RateLimit:SendMessage:WindowSeconds": "12", "Chatify:RateLimit:FailOpen": "1",
            "Chatify:MessageBroker:UseInMemoryBroker": "true", "Chatify:MessageBroker:Partitions": "13",
            "Chatify:ChatHistoryWriter:ConsumerBackoffMaxMs": "14",
        ]
        let (made, warnings) = try ServerConfiguration.load(
            values.map { Setting(key: $0.key, value: $0.value, origin: "test") }
        )
        #expect(warnings.isEmpty)
        #expect(made.server.maxConnections == 7 && made.hub.maximumConnectionsPerUser == 8)
        #expect(made.server.shutdownGrace == .seconds(9) && made.isInMemory)
        #expect(made.allowedOrigins == ["https://a.example", "http://b:81"])
        #expect(made.hub.limits.clientTimeout == .seconds(10) && made.hub.limits.maximumReceiveMessageSize == 2048)
        #expect(made.server.maxOutboundBytesPerConnection == 65536 && made.hub.maximumScopesPerConnection == 11)
        #expect(made.chat.sendThreshold == 0 && made.chat.sendWindow == .seconds(12) && made.chat.failsOpen)
        #expect(
            made.usesInMemoryBroker && made.partitions == 13
                && made.historyWriter.backoff.maximumDelay == .milliseconds(14)
        )
    }

    @Test(
        arguments: [
            ("WebSockets", [.webSockets]), ("longpolling,WEBSOCKETS", [.webSockets, .longPolling]),
            (" ServerSentEvents , ServerSentEvents,", [.serverSentEvents]),
            ("LongPolling,ServerSentEvents,WebSockets", Set(HubTransportKind.all)),
        ] as [(String, Set<HubTransportKind>)]
    )
    func `Transports are a list of names`(_ value: String, _ transports: Set<HubTransportKind>) throws {
        let setting = Setting(key: "Chatify:Hub:Transports", value: value, origin: "test")
        #expect(try ServerConfiguration.load([setting]).configuration.hub.transports == transports)
    }

    private static func storage(_ values: [String: String]) throws -> StorageConfiguration {
        let settings = values.map { Setting(key: $0.key, value: $0.value, origin: "test") }
        return try ServerConfiguration.load(settings).configuration.storage
    }

    @Test func `Each setting of storage goes where it belongs`() throws {
        let made = try Self.storage([
            "Chatify:Server:DataDirectory": "/data", "Chatify:Sqlite:Synchronous": "nOrMaL",
            "Chatify:Sqlite:LogRetentionHours": "87600", "Chatify:Sqlite:LogRetentionMegabytes": "2",
            "Chatify:Sqlite:HistoryRetentionDays": "36500", "Chatify:Sqlite:HistoryRetentionMegabytes": "1000000000",
        ])
        #expect(made.dataDirectory == "/data" && !made.isFullySynchronous)
        #expect(made.logRetentionAge == .seconds(87600 * 3600) && made.logRetentionBytes == 2_000_000)
        #expect(made.historyRetentionAge == .seconds(36500 * 86400))
        #expect(made.historyRetentionBytes == 1_000_000_000_000_000)
        let kept = try Self.storage([
            "Chatify:Sqlite:Synchronous": "full", "Chatify:Sqlite:HistoryRetentionDays": "0",
            "Chatify:Sqlite:LogRetentionMegabytes": "0",
        ])
        #expect(kept == StorageConfiguration())
    }

    @Test(
        arguments: [
            ([:], "./chatify-data/chatify.db"), (["Chatify:Server:DataDirectory": "d"], "d/chatify.db"),
            (["Chatify:Server:DataDirectory": "/d/"], "/d/chatify.db"),
            (["Chatify:Server:DataDirectory": "/"], "/chatify.db"), (["Chatify:Sqlite:Path": "x.db"], "x.db"),
            (["Chatify:Server:DataDirectory": "d", "chatify:SQLITE:path": "/e/x"], "/e/x"),
        ] as [([String: String], String)]
    )
    func `The database lies in the data directory unless it has a path`(
        _ values: [String: String],
        _ path: String
    ) throws {
        #expect(try Self.storage(values).effectiveDatabasePath == path)
    }

    @Test(arguments: ["Chatify:Server:DataDirectory", "Chatify:Sqlite:Path"])
    func `A path holds no zero`(_ key: String) {
        let error = #expect(throws: ConfigurationError.self) { try Self.storage([key: "a\u{0}b"]) }
        #expect(error?.description == "\(key)=\"a b\" (test): must be a path")
    }

    @Test(arguments: ["a", "chatify-broadcast", "A.b_C-9", String(repeating: "x", count: 249)])
    func `Consumer groups have names`(_ name: String) throws {
        let keys = ["Chatify:MessageBroker:BroadcastConsumerGroupPrefix", "Chatify:ChatHistoryWriter:ConsumerGroupId"]
        let made = try ServerConfiguration.load(keys.map { Setting(key: $0, value: name, origin: "test") })
            .configuration
        #expect(made.broadcastGroupPrefix == name && made.historyGroup == name)
        let longer = Setting(key: keys[0], value: String(repeating: "x", count: 250), origin: "test")
        #expect(throws: ConfigurationError.self) { try ServerConfiguration.load([longer]) }
    }

    @Test func `Defaults are those of the contracts`() throws {
        let made = try ServerConfiguration.load([]).configuration
        #expect(made.hub.transports == [.webSockets, .serverSentEvents, .longPolling])
        #expect((made.server.host, made.server.port, made.server.loops) == ("127.0.0.1", 8080, 0))
        #expect(made.server.maxConnections == 100_000 && made.server.shutdownGrace == .seconds(30))
        #expect(made.hub.limits.keepAlive == .seconds(15) && made.hub.limits.clientTimeout == .seconds(30))
        #expect(made.hub.limits.handshakeTimeout == .seconds(15) && made.hub.limits.maximumReceiveMessageSize == 32768)
        #expect(made.server.maxOutboundBytesPerConnection == 1_048_576 && made.hub.maximumScopesPerConnection == 128)
        #expect(made.chat.sendThreshold == 100 && made.chat.sendWindow == .seconds(60) && !made.chat.failsOpen)
        #expect(made.partitions == 3 && made.hub.maximumConnectionsPerUser == 0 && !made.isInMemory)
        #expect(made.broadcastGroupPrefix == "chatify-broadcast" && !made.usesInMemoryBroker)
        #expect(made.historyGroup == "chatify-chat-history-writer" && made.storage.isFullySynchronous)
        #expect(made.storage.logRetentionAge == .seconds(7 * 86400) && made.storage.logRetentionBytes == 0)
        #expect(made.storage.historyRetentionAge == nil && made.storage.historyRetentionBytes == 0)
    }
}
