internal import ChatifyCore
internal import ChatifyHub
internal import ChatifySignalR

extension SettingKey {
    /// The keys that exist so far.
    static let known: [SettingKey] =
        Self.server + Self.broker + Self.storage + Self.hub + Self.chat + Self.historyWriter

    private static let server: [SettingKey] = [
        SettingKey("Chatify:Server:Host", \.server.host, "an IP address or localhost") { $0.isEmpty ? nil : $0 },
        .number("Chatify:Server:Port", \.server.port, 0...65535),
        .number("Chatify:Server:Loops", \.server.loops, 0...1024),
        .number("Chatify:Server:MaxConnections", \.server.maxConnections, 1...10_000_000),
        .number("Chatify:Server:MaxConnectionsPerUser", \.hub.maximumConnectionsPerUser, 0...10_000_000),
        .flag("Chatify:Server:InMemory", \.isInMemory),
        .flag("Chatify:Server:WebSocketCompression", \.server.compressesWebSockets),
        .duration("Chatify:Server:ShutdownGraceSeconds", \.server.shutdownGrace, 0...3600),
        .duration("Chatify:Server:RequestTimeoutSeconds", \.server.requestTimeout, 1...3600),
        SettingKey(
            "Chatify:Server:AllowedOrigins",
            \.allowedOrigins,
            "a list of origins such as https://chat.example.org"
        ) {
            let origins = $0.listItems
            return origins.allSatisfy(\.isOrigin) ? origins : nil
        },
    ]

    private static let hub: [SettingKey] = [
        SettingKey(
            "Chatify:Hub:Transports",
            \.hub.transports,
            "a list of one or more of \(HubTransportKind.all.map(\.name).joined(separator: ", "))"
        ) {
            let items = $0.listItems
            let transports = items.compactMap { HubTransportKind(name: $0) }
            return !items.isEmpty && transports.count == items.count ? Set(transports) : nil
        },
        .duration("Chatify:Hub:KeepAliveSeconds", \.hub.limits.keepAlive, 1...3600),
        .duration("Chatify:Hub:ClientTimeoutSeconds", \.hub.limits.clientTimeout, 1...7200),
        .duration("Chatify:Hub:HandshakeTimeoutSeconds", \.hub.limits.handshakeTimeout, 1...3600),
        .number("Chatify:Hub:MaximumReceiveMessageSize", \.hub.limits.maximumReceiveMessageSize, 1024...16_777_216),
        .number(
            "Chatify:Hub:MaxOutboundBytesPerConnection",
            \.server.maxOutboundBytesPerConnection,
            65_536...1_073_741_824
        ),
        .duration("Chatify:Hub:PollTimeoutSeconds", \.hub.longPolling.pollTimeout, 1...3600),
        .duration("Chatify:Hub:DisconnectTimeoutSeconds", \.hub.longPolling.disconnectTimeout, 1...3600),
        .number("Chatify:Hub:MaxScopesPerConnection", \.hub.maximumScopesPerConnection, 1...100_000),
        .number(
            "Chatify:Hub:StatefulReconnectBufferSize",
            \.hub.statefulReconnect.bufferSize,
            1024...1_073_741_824
        ),
        .duration("Chatify:Hub:StatefulReconnectWindowSeconds", \.hub.statefulReconnect.window, 0...3600),
        .duration("Chatify:Hub:PresenceIntervalSeconds", \.hub.presenceInterval, 1...3600),
        .number("Chatify:Hub:ResumeWindowBytes", \.hub.resume.windowBytes, 0...68_719_476_736),
        .duration("Chatify:Hub:ResumeWindowSeconds", \.hub.resume.windowAge, 1...86_400),
        .number("Chatify:Hub:ResumeMaxEvents", \.hub.resume.maximumEvents, 1...100_000),
        .duration("Chatify:Hub:ResumeWaitSeconds", \.hub.resume.maximumWait, 0...60),
    ]

    private static let chat: [SettingKey] = [
        .number("Chatify:RateLimit:SendMessage:Threshold", \.chat.sendThreshold, 0...1_000_000_000),
        .duration("Chatify:RateLimit:SendMessage:WindowSeconds", \.chat.sendWindow, 1...86_400),
        .flag("Chatify:RateLimit:FailOpen", \.chat.failsOpen),
        SettingKey(
            "Chatify:Caching:ConnectionString",
            \.cachingConnectionString,
            "host:port[,password=…] or a redis:// URL"
        ) { .some($0.isEmpty ? nil : $0) },
    ]

    private static let historyWriter: [SettingKey] = [
        .group("Chatify:ChatHistoryWriter:ConsumerGroupId", \.historyGroup),
        .number("Chatify:ChatHistoryWriter:DatabaseRetryMaxAttempts", \.historyWriter.retry.maximumAttempts, 1...100),
        .duration(
            "Chatify:ChatHistoryWriter:DatabaseRetryBaseDelayMs",
            \.historyWriter.retry.baseDelay,
            1...60_000,
            in: .milliseconds
        ),
        .duration(
            "Chatify:ChatHistoryWriter:DatabaseRetryMaxDelayMs",
            \.historyWriter.retry.maximumDelay,
            1...600_000,
            in: .milliseconds
        ),
        .duration(
            "Chatify:ChatHistoryWriter:ConsumerBackoffInitialMs",
            \.historyWriter.backoff.initialDelay,
            1...60_000,
            in: .milliseconds
        ),
        .duration(
            "Chatify:ChatHistoryWriter:ConsumerBackoffMaxMs",
            \.historyWriter.backoff.maximumDelay,
            1...600_000,
            in: .milliseconds
        ),
        .number("Chatify:ChatHistoryWriter:MaxPayloadLogBytes", \.historyWriter.maximumPreviewLength, 0...65_536),
    ]

    /// Keys of adapters that are not built yet: to go on without them would lose what they are to keep.
    static let adaptersToCome: [String: String] = [
        "chatify:scylla:contactpoints": "Cassandra",
        "chatify:database:contactpoints": "Cassandra",
        "chatify:auth:jwt:secret": "JWT authentication",
        "chatify:auth:jwt:publickeyfile": "JWT authentication",
        "chatify:auth:jwt:jwksfile": "JWT authentication",
    ]
}

extension String {
    /// Whether the text is a scheme and a host, without a path.
    fileprivate var isOrigin: Bool {
        let lowered = self.lowercased()
        let scheme = ["http://", "https://"].first { lowered.hasPrefix($0) }
        guard let scheme else { return false }
        let host = self.dropFirst(scheme.count)
        return !host.isEmpty && !host.contains("/")
    }
}

extension String {
    /// The items of a comma-separated list; empty ones do not count.
    fileprivate var listItems: [String] {
        self.split(separator: ",").map(\.trimmingSpaces).filter { !$0.isEmpty }
    }
}

extension StringProtocol {
    /// The text without spaces at either end.
    var trimmingSpaces: String {
        String(self.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
}
